// Writes what Hugging Face's tokenizers (the Rust crate 0.22.2, through its N-API binding) knows of Unicode, code point by code point, to the table that
// Pipeline/Embed/Tokenize/Unicode reads:  node unicode-tables.mjs ../../Pipeline/Embed/Tokenize/Unicode/unicode.gz
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import reference from '@anush008/tokenizers';

const isSurrogate = c => c >= 0xd800 && c < 0xe000;
const isHangulSyllable = c => c >= 0xac00 && c <= 0xd7a3;
const points = s => [...s].map(x => x.codePointAt(0));
const hex = s => points(s).map(c => c.toString(16)).join(' ');
const lines = [];

/** Ranges of the code points for which `holds` is true, as "a-b c ...". */
function set(name, holds) {
  const ranges = [];
  for (let c = 0, from = -1; c <= 0x110000; c++) {
    const inside = c < 0x110000 && !isSurrogate(c) && holds(String.fromCodePoint(c));
    if (inside && from < 0) from = c;
    if (!inside && from >= 0) {
      ranges.push(from === c - 1 ? from.toString(16) : `${from.toString(16)}-${(c - 1).toString(16)}`);
      from = -1;
    }
  }
  lines.push(`${name}:${ranges.join(',')}`);
}

function map(name, of) {
  const entries = [];
  for (let c = 0; c < 0x110000; c++) {
    if (isSurrogate(c) || isHangulSyllable(c)) continue;
    const s = String.fromCodePoint(c), mapped = of(s);
    if (mapped !== s) entries.push(`${c.toString(16)}=${hex(mapped)}`);
  }
  lines.push(`${name}:${entries.join(',')}`);
}

const bert = reference.bertPreTokenizer();
const pieces = s => bert.preTokenizeString(`a${s}b`).length;
set('whitespace', s => pieces(s) === 2);
set('punctuation', s => pieces(s) === 3);

const clean = reference.bertNormalizer({ cleanText: true, handleChineseChars: false, stripAccents: false, lowercase: false });
set('control', s => clean.normalizeString(`a${s}b`) === 'ab');
const strip = reference.bertNormalizer({ cleanText: false, handleChineseChars: false, stripAccents: true, lowercase: false });
set('nonspacing', s => strip.normalizeString(`a${s}b`) === 'ab');
const combining = reference.stripAccentsNormalizer();
set('combining', s => combining.normalizeString(`a${s}b`) === 'ab');

const lower = reference.lowercase(), nfd = reference.nfdNormalizer(), nfkd = reference.nfkdNormalizer(), nfc = reference.nfcNormalizer();
map('lower', s => lower.normalizeString(s));
map('canonical', s => nfd.normalizeString(s));
map('compatible', s => { const k = nfkd.normalizeString(s); return k === nfd.normalizeString(s) ? s : k; });

// Primary composites: all but the last of the decomposition, composed, and the last.
const pairs = [];
for (let c = 0; c < 0x110000; c++) {
  if (isSurrogate(c) || isHangulSyllable(c)) continue;
  const s = String.fromCodePoint(c), parts = points(nfd.normalizeString(s));
  if (parts.length < 2 || nfc.normalizeString(s) !== s) continue;
  const first = points(nfc.normalizeString(String.fromCodePoint(...parts.slice(0, -1))));
  const last = parts.at(-1);
  if (first.length === 1 && nfc.normalizeString(String.fromCodePoint(first[0], last)) === s) pairs.push(`${c.toString(16)}=${first[0].toString(16)} ${last.toString(16)}`);
}
lines.push(`composites:${pairs.join(',')}`);

// One mark of each combining class; a mark's own class is found by which of them it changes places with.
const classes = [[1, 0x334], [7, 0x93c], [8, 0x3099], [9, 0x94d], [10, 0x5b0], [11, 0x5b1], [12, 0x5b2], [13, 0x5b3], [14, 0x5b4], [15, 0x5b5], [16, 0x5b6], [17, 0x5b7],
  [18, 0x5b8], [19, 0x5b9], [20, 0x5bb], [21, 0x5bc], [22, 0x5bd], [23, 0x5bf], [24, 0x5c1], [25, 0x5c2], [26, 0xfb1e], [27, 0x64b], [28, 0x64c], [29, 0x64d], [30, 0x64e],
  [31, 0x64f], [32, 0x650], [33, 0x651], [34, 0x652], [35, 0x670], [36, 0x711], [84, 0xc55], [91, 0xc56], [103, 0xe38], [107, 0xe48], [118, 0xeb8], [122, 0xec8], [129, 0xf71],
  [130, 0xf72], [132, 0xf74], [202, 0x321], [214, 0x1dce], [216, 0x31b], [218, 0x302a], [220, 0x316], [222, 0x59a], [224, 0x302e], [226, 0x1d16d], [228, 0x5ae], [230, 0x300],
  [232, 0x315], [233, 0x35c], [234, 0x35d], [240, 0x345]];
const swaps = (a, b) => { const s = String.fromCodePoint(a, b); return nfd.normalizeString(s) !== s; };
for (let i = 1; i < classes.length; i++)
  if (!swaps(classes[i][1], classes[i - 1][1])) throw new Error(`${classes[i][1].toString(16)} is not of class ${classes[i][0]}`);
const members = new Map(classes.map(([k]) => [k, []]));
for (let c = 0x300; c < 0x110000; c++) {
  if (isSurrogate(c) || isHangulSyllable(c)) continue;
  const s = String.fromCodePoint(c);
  if (nfd.normalizeString(s) !== s || !(swaps(c, 0x334) || swaps(0x345, c))) continue;
  let least = 0;
  while (least < classes.length - 1 && swaps(c, classes[least][1])) least++;
  members.get(classes[least][0]).push(c);
}
for (const [k, all] of members) {
  const inside = new Set(all);
  set(`class ${k}`, s => inside.has(s.codePointAt(0)));
}
writeFileSync(process.argv[2], gzipSync(Buffer.from(lines.join('\n') + '\n'), { level: 9 }));
