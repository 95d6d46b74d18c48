import { normalName } from './text.js'

/*
 * Characters that look like an ASCII letter or digit: the part of Unicode's confusables.txt (version 14.0.0, UTS 39) whose
 * target is one ASCII letter or digit, or `rn`, and whose source is Latin, Greek, Cyrillic, Armenian, Cherokee, Lisu or Coptic,
 * or a Hebrew or Arabic letter that passes for l or o. What compatibility decomposition (NFKD) maps to ASCII is left out, as it
 * is applied first. Each entry: what is looked like, then what looks like it.
 */
const alike = [
  '2 ꝚƧϨꙄ',
  '3 ꞫȜƷꝪⳌЗӠ',
  '4 Ꮞ',
  '5 Ƽ',
  '6 ⳒбᏮ',
  '8 ȣȢ',
  '9 ꝮⳊ',
  'A ΑАᎪꓮ',
  'B ꞴΒВᏴꓐ',
  'C ⲤСᏟꓚ',
  'D Ꭰꓓ',
  'E ΕЕᎬꓰ',
  'F ꞘϜꓝ',
  'G ԌᏀᏳꓖ',
  'H ΗⲎНᎻꓧ',
  'J ꞲͿЈᎫꓙ',
  'K ΚⲔКᏦꓗ',
  'L ⳐᏞꓡ',
  'M ΜϺⲘМᎷꓟ',
  'N ΝⲚꓠ',
  'O 0ΟⲞОՕꓳ',
  'P ΡⲢРᏢꓑ',
  'R ƦᎡᏒꓣ',
  'S ЅՏᏕᏚꓢ',
  'T ΤⲦТᎢꓔ',
  'U Սꓴ',
  'V ѴᏙꓦ',
  'W ԜᎳᏔꓪ',
  'X ꞳΧⲬХꓫ',
  'Y ΥⲨУҮᎩᎽꓬ',
  'Z ΖᏃꓜ',
  'a ɑαа',
  'b ƄЬᏏ',
  'c ᴄⲥсꮯ',
  'd ԁᏧꓒ',
  'e ꬲеҽ',
  'f ꬵꞙẝք',
  'g ɡᶃƍց',
  'h һհᏂ',
  'i ıɪɩιіꙇӏꭵᎥ',
  'j ϳј',
  'l \u05c01\u0661\u06f1IƖǀΙⲒІӀ\u05d5\u05df\u0627ꓲ',
  'n ոռ',
  'o \u0665\u06f5ᴏᴑꬽοσⲟоօ\u05e1\u0647\u06be\u06c1\u06d5',
  'p ρⲣр',
  'q ԛգզ',
  'r ꭇꭈᴦⲅгꮁ',
  'rn m',
  's ꜱƽѕꮪ',
  'u ꞟᴜꭎꭒʋυս',
  'v ᴠνѵꮩ',
  'w ɯᴡѡԝաꮃ',
  'x х',
  'y ɣᶌʏỿꭚγуү',
  'z ᴢꮓ',
]

const prototypes = new Map(
  alike.flatMap((entry) => {
    const [prototype = '', characters = ''] = entry.split(' ')
    return [...characters].map((character) => [character, prototype] as const)
  }),
)

/** Returns what a name looks like, whichever script its letters come from: UTS 39's skeleton, upper and lower case alike. */
export function skeleton(name: string): string {
  const characters = [...name.normalize('NFKD')].map((character) => prototypes.get(character) ?? character)
  return characters.join('').normalize('NFKD').toLowerCase()
}

/** Returns the first of `others` that is another name and can be mistaken for this one, as `аlice` with a Cyrillic а for `alice`. */
export function lookAlikeOf(name: string, others: Iterable<string>): string | undefined {
  const own = normalName(name)
  const looks = skeleton(own)
  for (const other of others) if (normalName(other) !== own && skeleton(other) === looks) return other
  return undefined
}
