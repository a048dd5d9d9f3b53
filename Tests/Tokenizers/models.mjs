// The tokenizers that golden files are made with, as tokenizer.json.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const textOf = file => gunzipSync(readFileSync(file)).toString('utf8');
const special = (content, id) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true });

export function bert(vocabularyFile, normalizer) {
  const tokens = textOf(vocabularyFile).split('\n');
  if (tokens.at(-1) === '') tokens.pop();
  const vocab = Object.fromEntries(tokens.map((t, i) => [t, i]));
  const template = name => ({ SpecialToken: { id: name, type_id: 0 } }), id = name => ({ id: name, ids: [vocab[name]], tokens: [name] });
  return {
    version: '1.0', truncation: null, padding: null,
    added_tokens: ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].map(t => special(t, vocab[t])),
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true, ...normalizer },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [template('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, template('[SEP]')],
      pair: [template('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, template('[SEP]'), { Sequence: { id: 'B', type_id: 1 } }, template('[SEP]')],
      special_tokens: { '[CLS]': id('[CLS]'), '[SEP]': id('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab },
  };
}
