// Texts on which tokenizers differ, each with the reason it is here.
export const nasty = [
  '', ' ', '     ', '\t\n\r', '\u0000', 'a\u0000b', '\u0000\u0000',
  'Hello, World!', "it's 5 o'clock; isn't it?", 'naïve café Ångström', 'CREME BRÛLÉE', 'ǅungla Ǆ ǆ', 'straße STRASSE ẞ', 'ﬁne ﬂour ﬃ', 'ⅷ Ⅷ ① ½ ²',
  // Casing that depends on more than a character, or gives more than one.
  'İstanbul ıI', 'ΟΔΥΣΣΕΥΣ Σ σς', 'ŉ ΐ և', 'ᏣᎳᎩ ꮳꮃꭹ', 'Ⱥ Ⱦ ꟊ Ꟶ',
  // Emoji and joiners.
  '😀', '👍🏽 thumbs', '👨‍👩‍👧‍👦 family', '🏳️‍🌈 flag', '🇩🇪🇫🇷', '#️⃣ 1️⃣', '❤️ ❤', 'a\u200db', 'a\u200cb', '☃ snow ❄', '\u{1F1E6}',
  // Combining marks, in and out of order, without a base, in long runs.
  'e\u0301 é', 'a\u0323\u0307 a\u0307\u0323', '\u0301\u0302', 'Z' + '\u0300\u0316\u0334'.repeat(40), 'q\u0307\u0323', '\u0344', 'क्षि', 'נִקּוּד', 'ก็ ที่', '각 각', '가나다라', 'ᄀᄀᄀ각ᆨᆨ',
  'が ガ ｶﾞ', 'か\u3099', 'Å Å Å', 'ſ ẛ̣', '\u0f73\u0f75\u0f71\u0f72', '\u{1D15E}\u{1D165}\u{1D16E}', '\u0cca\u0bcb\u09cb',
  // Scripts.
  'ไทยไม่มีช่องว่าง', 'สวัสดีครับ 100 บาท', '中文字符没有空格', '日本語のテキスト 東京タワー', '한국어 텍스트', 'مرحبا بالعالم ١٢٣', 'السلام عليكم، كيف؟', 'שלום עולם', 'Привет мир ЁЖ ёж', 'Ελληνικά Άέή',
  'हिन्दी पाठ', 'தமிழ்', 'ქართული ᲥᲐᲠᲗᲣᲚᲘ', 'አማርኛ', 'བོད་ཡིག', 'Việt Nam đẹp', '𠀀𠮷𪜀 豈 你', '㐀䶿', '𫠠', '㍿ ㎏ ㏂', '〇 々 〆', 'ー ｰ', '漢字kanji混ぜるABC123',
  // Invisible characters.
  'a\u200bb', '\ufeffbom', 'soft\u00adhyphen', 'a\u2060b', 'a\u00a0b', 'a\u3000b', 'a\u2028b\u2029c', 'a\u0085b', 'a\u000bb\u000cc', 'a\u001fb', '\u180e', '\u202eright\u202c', '\ue000private', '\u{F0000}x',
  '\ufffd', 'a\ufffdb', '\u061c', '\u{E0041}tag', '\u0600', '\ufff9a\ufffb', '\u2800braille', '\u3164filler', '\u115f\u1160',
  // Ill-formed UTF-16.
  '\ud800', '\udc00', 'a\ud800b', 'a\udc00b', '\ud800\ud800\udc00', '\udc00\ud800', 'x\ud83d',
  // Length.
  'a'.repeat(100), 'a'.repeat(101), 'a'.repeat(10240), '!'.repeat(10240), ' '.repeat(10240), '中'.repeat(10240), '😀'.repeat(2560), '\u0301'.repeat(5120), 'ab '.repeat(3400), '가'.repeat(3000),
  'é'.repeat(100), 'é'.repeat(101), '\u{10400}'.repeat(100), '\u{10400}'.repeat(101), 'x' + '\u0301'.repeat(200), 'a'.repeat(99) + '\u{1D400}', 'unaffable'.repeat(12),
  // What looks like a token of the vocabulary.
  '[CLS]', '[SEP] [PAD] [UNK] [MASK]', '[cls]', '[CLS', '[[CLS]]', 'foo[SEP]bar', '##ing ##s', '<s> </s> <unk> <pad> <mask>', '<s>a</s>', ' [MASK] ', '[MASK].', '<mask> x', ' <mask>', '<0x41>', '▁', '▁▁a', 'a▁b', '[unused1]',
  // Signs.
  '$5.00 €5 £5 ¥5 ₹5', 'a_b-c—d–e', '“quoted” ‘single’ „low“ «angle»', '…...', '\u00ab\u00bb', '¿Qué? ¡No!', 'x^2 + y~z `code` |pipe|', '°C ℃ K Å', '™ ® © ℠', '№ 5', 'a・b', '。、「」', '٪ ؛', '։ ՝', '\u055a', '๏ ๛', '\u30fb\uff65', '\u2e43\u2e55', '\u166d',
  '١٢٣ ४५६ 七八九', '½ cup', 'H₂O x²', '1,000.50', '3x4', "rock 'n' roll", 'http://example.com/a?b=c&d=%20', 'user@example.com', '#hashtag @name', 'C++ C# .NET', '50% OFF!!!', 'don\u2019t', 'A.B.C.', 'S/M/L',
  'ＦＵＬＬ　ｗｉｄｔｈ １２３', 'ﾊﾝｶｸ', '𝒜𝓁𝓅𝒽𝒶 𝟙𝟚𝟛', '🄰🄱', 'ℌ𝔢𝔩𝔩𝔬', '\u{1F100}', '㊗️', '﷽', 'ﷺ', '\u1e9b\u0323', '\uFF5E~〜', 'ﬀ', '\u2126 \u212a \u212b', '\u03d2\u0301', 'ĳ Ĳ', '\u0132', 'ŀ', '\u2024\u2025', '\u00a8', '\u00af', '\u037a', '\u1fbd',
  "  leading and trailing  ", 'double  space', 'tab\tbetween', 'line\nbreak', 'cr\r\nlf', 'end ', ' start', "we'll they've I'm he'd she's you're", "  'll", '\n\n\n', 'a \n b', '   a   b   ', '\u00a0\u00a0a',
];
