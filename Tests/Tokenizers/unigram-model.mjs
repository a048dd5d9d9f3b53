// node unigram-model.mjs MODEL VARIANT OUT: a trained SentencePiece model (see train-unigram.sh) as tokenizer.json. Variant `plain` is laid out as XLM-RoBERTa's, `bytes` falls
// back to bytes and has its normalizers written out.
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Fields of a protocol buffer message: [number, bigint or Buffer]. */
function* fields(message) {
  let at = 0;
  const varint = () => { let x = 0n, shift = 0n, b; do { b = message[at++]; x |= BigInt(b & 127) << shift; shift += 7n; } while (b & 128); return x; };
  while (at < message.length) {
    const key = Number(varint()), number = key >> 3, kind = key & 7;
    if (kind === 0) yield [number, varint()];
    else if (kind === 2) { const n = Number(varint()); yield [number, message.subarray(at, at + n)]; at += n; }
    else if (kind === 5) { yield [number, message.subarray(at, at + 4)]; at += 4; }
    else if (kind === 1) { yield [number, message.subarray(at, at + 8)]; at += 8; }
    else throw new Error(`wire type ${kind}`);
  }
}

const [file, variant, out] = process.argv.slice(2);
const pieces = [];
let charsmap;
for (const [number, value] of fields(readFileSync(file))) {
  if (number === 1) {
    const piece = Object.fromEntries(fields(value));
    pieces.push([piece[1].toString('utf8'), piece[2] ? piece[2].readFloatLE() : 0]);
  }
  if (number === 3) charsmap = Object.fromEntries(fields(value))[2];
}
const plain = variant === 'plain';
// XLM-RoBERTa's order of special tokens: <s>, <pad>, </s>, <unk>, then what SentencePiece has behind its own three.
const vocab = [['<s>', 0], ['<pad>', 0], ['</s>', 0], ['<unk>', 0], ...pieces.slice(3), ['<mask>', 0]];
const token = (content, id, lstrip = false) => ({ id, content, single_word: false, lstrip, rstrip: false, normalized: false, special: true });
const named = (id, at) => ({ id, ids: [at], tokens: [id] });
const model = {
  version: '1.0', truncation: null, padding: null,
  added_tokens: [token('<s>', 0), token('<pad>', 1), token('</s>', 2), token('<unk>', 3), token('<mask>', vocab.length - 1, true)],
  normalizer: plain
    ? { type: 'Sequence', normalizers: [{ type: 'Precompiled', precompiled_charsmap: charsmap.toString('base64') }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' }] }
    : { type: 'Sequence', normalizers: [{ type: 'Nmt' }, { type: 'NFKC' }, { type: 'Strip', strip_left: true, strip_right: true }, { type: 'Replace', pattern: { String: '``' }, content: '"' }, { type: 'Lowercase' }] },
  pre_tokenizer: plain
    ? { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true }] }
    : { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: true },
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
    pair: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
    special_tokens: { '<s>': named('<s>', 0), '</s>': named('</s>', 2) },
  },
  decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
  model: { type: 'Unigram', unk_id: 3, vocab, byte_fallback: !plain },
};
writeFileSync(out, gzipSync(JSON.stringify(model), { level: 9 }));
