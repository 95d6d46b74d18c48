/** Controls of C0 and C1, DEL, line and paragraph separators, and what turns the direction of text around it (UAX 9). */
const controls = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/**
 * Characters that nobody can see, or that look like an ordinary space: the controls above, what Unicode lets a display ignore
 * (zero width spaces and joiners, soft hyphens, fillers, variation selectors, tags), other format characters, the blank
 * Braille pattern, and every space but U+0020.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu

function written(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/**
 * Returns text from elsewhere, made safe for a terminal: C0 and C1 controls, DEL, line and paragraph separators and bidirectional
 * controls are shown as `\xNN` or `\u{NNNN}`; lone surrogates as U+FFFD. Tabs stay when `keepTabs` is set. For what people write to
 * each other, where a joiner may be part of a word or an emoji; names go through {@link shownName}.
 */
export function escapeControls(text: string, options: { keepTabs?: boolean } = {}): string {
  return text
    .toWellFormed()
    .replace(controls, (character) => (character === '\t' && options.keepTabs ? character : written(character)))
}

/** True when {@link escapeControls} would change the text. */
export function hasControls(text: string): boolean {
  return escapeControls(text) !== text
}

/**
 * Returns a name of a person, instance, service, role, relay or network as it may be shown, wherever it came from: what can't be seen
 * in it, or would drive the terminal, is written out as `\xNN` or `\u{NNNN}`, so that no two names look alike by it. A whole line of a
 * log or an error, which has such names in it, goes through it too.
 */
export function shownName(name: string): string {
  return name.toWellFormed().replace(unseen, written)
}

/**
 * Returns a name in the one form in which names are kept and compared (NFC): `é` typed as one character and as `e` with an accent is
 * the same name. Whoever takes a name from a person, a file or another node passes it through here, or through a check of
 * `address.ts`, before it is looked up.
 */
export function normalName(name: string): string {
  return name.normalize('NFC')
}

/** True when {@link shownName} would change the text: it can't be a name. */
export function hasUnseen(text: string): boolean {
  return shownName(text) !== text
}

/**
 * Returns `value` as JSON that may go to a terminal: whatever can't be seen in its strings is written as `\uNNNN`, which means the
 * same to whoever parses it. JSON.stringify itself escapes C0 controls only.
 */
export function shownJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(unseen, (character) =>
    // The line breaks between the parts are the only controls left outside of strings.
    character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, index) => unit(character.charCodeAt(index))).join(''),
  )
}

const unit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`

const encoder = new TextEncoder()

/** Returns the length of the text in UTF-8 bytes. */
export function utf8Length(text: string): number {
  return encoder.encode(text).byteLength
}

/** Returns the longest prefix of at most `maxBytes` UTF-8 bytes that does not cut a character. */
export function truncateUtf8(text: string, maxBytes: number): string {
  if (utf8Length(text) <= maxBytes) return text
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += utf8Length(character)
    if (bytes > maxBytes) break
    end += character.length
  }
  return text.slice(0, end)
}
