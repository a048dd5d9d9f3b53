// node train-byte-pairs.mjs TITLES OUT: a small byte-level BPE, laid out as RoBERTa's, learned from the titles.
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

const MERGES = 1500;
const spelling = [];
for (let b = 0, extra = 0; b < 256; b++) spelling[b] = String.fromCharCode((b >= 33 && b <= 126) || (b >= 0xa1 && b <= 0xac) || b >= 0xae ? b : 256 + extra++);
const counts = new Map();
for (const title of gunzipSync(readFileSync(process.argv[2])).toString('utf8').split('\n'))
  for (const word of title.match(/'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
let words = [...counts].map(([word, count]) => ({ symbols: [...Buffer.from(word)].map(b => spelling[b]), count }));

const merges = [];
while (merges.length < MERGES) {
  const pairs = new Map();
  for (const { symbols, count } of words)
    for (let i = 0; i + 1 < symbols.length; i++) { const pair = `${symbols[i]} ${symbols[i + 1]}`; pairs.set(pair, (pairs.get(pair) ?? 0) + count); }
  let best = null, most = 1;
  for (const [pair, count] of pairs) if (count > most || (count === most && best !== null && pair < best)) [best, most] = [pair, count];
  if (best === null) break;
  merges.push(best);
  const [a, b] = best.split(' ');
  words = words.filter(w => w.symbols.length > 1);
  for (const word of words)
    for (let i = 0; i + 1 < word.symbols.length; i++) if (word.symbols[i] === a && word.symbols[i + 1] === b) word.symbols.splice(i, 2, a + b);
}
const special = ['<s>', '<pad>', '</s>', '<unk>'];
const vocab = Object.fromEntries([...new Set([...special, ...spelling, ...merges.map(m => m.replace(' ', ''))]), '<mask>'].map((t, i) => [t, i]));
const token = (content, lstrip = false) => ({ id: vocab[content], content, single_word: false, lstrip, rstrip: false, normalized: false, special: true });
writeFileSync(process.argv[3], gzipSync(JSON.stringify({
  version: '1.0', truncation: null, padding: null, added_tokens: [...special.map(t => token(t)), token('<mask>', true)], normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: { type: 'RobertaProcessing', sep: ['</s>', vocab['</s>']], cls: ['<s>', vocab['<s>']], trim_offsets: true, add_prefix_space: false },
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  model: { type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: '', end_of_word_suffix: '', fuse_unk: false, byte_fallback: false, ignore_merges: false, vocab, merges },
}), { level: 9 }));
