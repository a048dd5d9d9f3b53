// Writes a golden file: the ids that the reference (Hugging Face's Rust crate) and its JavaScript sibling give on all titles and on the nasty set.
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import rust from '@anush008/tokenizers';
import { Tokenizer } from '@huggingface/tokenizers';
import { nasty } from './nasty.mjs';

/** FNV-1a over the ids' little-endian bytes. */
function hashOf(ids) {
  let h = 0x811c9dc5;
  for (const id of ids)
    for (let b = 0; b < 32; b += 8) h = Math.imul(h ^ (id >>> b & 255), 0x01000193);
  return h >>> 0;
}

// Texts of 10 kB give long runs: [id, times].
const packed = ids => ids.length < 64 ? ids : ids.reduce((runs, id) => (runs.length && runs.at(-1)[0] === id ? runs.at(-1)[1]++ : runs.push([id, 1]), runs), []);

/** @returns how many texts the two give different ids for */
export async function writeGolden(titlesFile, model, config, outFile) {
  const reference = await rust.Tokenizer.fromString(JSON.stringify(model));
  let sibling = null;
  try {
    sibling = new Tokenizer(model, config);
  } catch (e) {
    console.log(`${outFile}: no JavaScript (${e.message})`);
  }
  const titles = gunzipSync(readFileSync(titlesFile)).toString('utf8').split('\n');
  if (titles.at(-1) === '') titles.pop();
  const rustIds = async text => (await reference.encode(text, null, { addSpecialTokens: true })).getIds();
  const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);

  const hashes = Buffer.alloc(titles.length * 4), titlesThatDiffer = [], texts = [];
  for (const [i, title] of titles.entries()) {
    const ids = await rustIds(title);
    hashes.writeUInt32LE(hashOf(ids), i * 4);
    if (sibling && !same(ids, sibling.encode(title).ids)) titlesThatDiffer.push(i);
  }
  for (const text of [...nasty, ...titles.filter((_, i) => i % 199 === 0)]) {
    const ids = await rustIds(text), other = sibling ? sibling.encode(text).ids : ids;
    texts.push(same(ids, other) ? { text, ids: packed(ids) } : { text, ids: packed(ids), javascript: packed(other) });
  }
  writeFileSync(outFile, gzipSync(Buffer.from(JSON.stringify({ titles: titles.length, hashes: hashes.toString('base64'), titlesThatDiffer, texts })), { level: 9 }));
  console.log(`${outFile}: ${titles.length} titles, JavaScript differs on ${titlesThatDiffer.length} of them and on ${texts.filter(t => t.javascript).length} of ${texts.length} texts`);
}
