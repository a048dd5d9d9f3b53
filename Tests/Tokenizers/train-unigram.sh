#!/bin/sh
# sh train-unigram.sh GOLDEN_FOLDER OUT_FOLDER: trains the Unigram models of the golden tests with SentencePiece (Debian's package sentencepiece 0.1.97) on the titles, every text
# of the nasty set that is short, and names of things in the scripts of the tests. unigram-model.mjs makes tokenizer.json of them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gzip -dc "$1/titles.txt.gz" > "$work/text"
(cd "$here" && node --input-type=module -e '
  import { nasty } from "./nasty.mjs";
  for (const t of nasty) if (t.isWellFormed() && t.length < 99 && t.trim() && !/[\0\n\r\u2028\u2029\u0085]/.test(t)) for (let i = 0; i < 5; i++) console.log(t);') >> "$work/text"
for fallback in false true; do
    spm_train --input="$work/text" --model_prefix="$2/unigram-$fallback" --vocab_size=4000 --model_type=unigram --character_coverage=0.9999 --byte_fallback=$fallback \
        --normalization_rule_name=nmt_nfkc --num_threads=1 --hard_vocab_limit=false --max_sentence_length=8192
done
