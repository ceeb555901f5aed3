const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

type Ink = keyof typeof codes;

/** Puts colour on a text; without colour it returns the text as it is. */
export type Paint = (ink: Ink, text: string) => string;

export function createPaint(colour: boolean): Paint {
  if (!colour) return (_ink, text) => text;
  return (ink, text) => (text === '' ? text : `\u001b[${codes[ink][0]}m${text}\u001b[${codes[ink][1]}m`);
}
