// node goldens.mjs GOLDEN_FOLDER: makes every golden file anew.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { bert } from './models.mjs';
import { writeGolden } from './golden.mjs';

const folder = process.argv[2], at = name => join(folder, name);
const read = name => JSON.parse(gunzipSync(readFileSync(at(name))).toString('utf8'));
const uncased = bert(at('bert-vocab.txt.gz'));

// A tokenizer of parts that no well-known model has together, so that each is held against the reference.
const parts = {
  ...uncased,
  added_tokens: [...uncased.added_tokens, { id: 30522, content: 'Gift Set', single_word: true, lstrip: false, rstrip: true, normalized: true, special: false }],
  normalizer: { type: 'Sequence', normalizers: [{ type: 'NFKD' }, { type: 'StripAccents' }, { type: 'Lowercase' }, { type: 'Replace', pattern: { String: '&' }, content: ' and ' }, { type: 'NFC' }, { type: 'Strip', strip_left: true, strip_right: false }] },
  pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Whitespace' }, { type: 'Digits', individual_digits: true }, { type: 'Punctuation', behavior: 'Contiguous' }, { type: 'Split', pattern: { String: 'ing' }, behavior: 'MergedWithPrevious', invert: false }] },
  post_processor: { type: 'BertProcessing', sep: ['[SEP]', 102], cls: ['[CLS]', 101] },
};

await writeGolden(at('titles.txt.gz'), uncased, {}, at('wordpiece.json.gz'));
await writeGolden(at('titles.txt.gz'), bert(at('bert-vocab.txt.gz'), { lowercase: false, strip_accents: false, handle_chinese_chars: false }), {}, at('wordpiece-cased.json.gz'));
await writeGolden(at('titles.txt.gz'), parts, {}, at('parts.json.gz'));
await writeGolden(at('titles.txt.gz'), read('unigram.tokenizer.json.gz'), {}, at('unigram.json.gz'));
await writeGolden(at('titles.txt.gz'), read('unigram-bytes.tokenizer.json.gz'), {}, at('unigram-bytes.json.gz'));
await writeGolden(at('titles.txt.gz'), read('byte-pairs.tokenizer.json.gz'), {}, at('byte-pairs.json.gz'));
