// node goldens.mjs GOLDEN_FOLDER: makes every golden file anew.
import { join } from 'node:path';
import { bert } from './models.mjs';
import { writeGolden } from './golden.mjs';

const folder = process.argv[2], at = name => join(folder, name);
await writeGolden(at('titles.txt.gz'), bert(at('bert-vocab.txt.gz')), {}, at('wordpiece.json.gz'));
await writeGolden(at('titles.txt.gz'), bert(at('bert-vocab.txt.gz'), { lowercase: false, strip_accents: false, handle_chinese_chars: false }), {}, at('wordpiece-cased.json.gz'));
