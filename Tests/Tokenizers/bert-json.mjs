// node bert-json.mjs VOCABULARY.gz OUT: BERT's tokenizer.json of a vocabulary.
import { writeFileSync } from 'node:fs';
import { bert } from './models.mjs';
writeFileSync(process.argv[3], JSON.stringify(bert(process.argv[2])));
