/**
 * Text from elsewhere, made safe for a terminal: C0 and C1 controls, DEL, line and paragraph separators and the
 * bidirectional overrides are shown as `\xNN` or `\u{NNNN}`; lone surrogates as U+FFFD. Tabs stay when `keepTabs` is set.
 */
export function escapeControls(text: string, options: { keepTabs?: boolean } = {}): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, (character) => {
      if (character === '\t' && options.keepTabs) return character
      const code = character.codePointAt(0) ?? 0
      return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
    })
}

/** True when {@link escapeControls} would change the text. */
export function hasControls(text: string): boolean {
  return escapeControls(text) !== text
}

const encoder = new TextEncoder()

/** Length in UTF-8 bytes. */
export function utf8Length(text: string): number {
  return encoder.encode(text).byteLength
}

/** The longest prefix of at most `maxBytes` UTF-8 bytes that does not cut a character. */
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
