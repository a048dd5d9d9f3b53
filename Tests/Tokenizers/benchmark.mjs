// node benchmark.mjs TITLES.gz TOKENIZER.json[.gz] SECONDS: texts/s of Hugging Face's JavaScript tokenizer, and of its Rust one where it is installed, one thread each; one JSON object.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Tokenizer } from '@huggingface/tokenizers';

const read = f => f.endsWith('.gz') ? gunzipSync(readFileSync(f)) : readFileSync(f);
const [titlesFile, modelFile, seconds] = process.argv.slice(2);
const titles = read(titlesFile).toString('utf8').split('\n').filter(t => t.length > 0);
const tokenizer = new Tokenizer(JSON.parse(read(modelFile).toString('utf8')), {});
let ids = 0, texts = 0, start = 0;
for (let round = 0, end = 0; round === 0 || performance.now() < end; round++) {
  if (round === 1) [ids, texts, start] = [0, 0, performance.now()]; // the first round warms up
  if (round <= 1) end = performance.now() + Number(seconds) * 1000;
  for (const title of titles) ids += tokenizer.encode(title).ids.length;
  texts += titles.length;
}
console.log(JSON.stringify({ texts_per_s: texts / ((performance.now() - start) / 1000), ids_per_round: ids / (texts / titles.length) }));
