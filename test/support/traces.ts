import { randomBytes } from 'node:crypto';

/** Letters that nobody else writes, with some around them that every encoding changes. */
export interface Marker {
  readonly name: string;
  readonly value: string;
  /** The part that is looked for, in pieces. */
  readonly core: string;
}

export function newMarker(name: string, around = `"'&<$`): Marker {
  const core = randomBytes(12).toString('hex');
  return { name, core, value: `${around}${core}${around}` };
}

/** Of a marker on a screen any stretch of this length gives it away, so that broken ones are found as well. */
const piece = 9;

/**
 * What would be left of a marker that somebody wrote down: as it is, in capitals, backwards, in base64 at any offset, in
 * hex. Told apart from the masking itself on purpose: this is what judges it.
 */
export function formsOf({ core }: Marker): readonly string[] {
  const bytes = Buffer.from(core);
  const shifted = [0, 1, 2].map((offset) => Buffer.concat([Buffer.alloc(offset, '.'), bytes]).toString('base64'));
  return [
    ...[core, core.toUpperCase(), [...core].reverse().join(''), bytes.toString('hex')],
    ...shifted.map((form) => form.slice(4, -4)),
  ];
}

function piecesOf(text: string): readonly string[] {
  return Array.from({ length: text.length - piece + 1 }, (_, at) => text.slice(at, at + piece));
}

/** The names of the markers of which a text holds any piece. */
export function tracedIn(text: string, markers: readonly Marker[]): readonly string[] {
  return namesOf(markers, (marker) => formsOf(marker).flatMap(piecesOf), text);
}

/** The names of the markers that a text holds, in any form: in a whole file system, short pieces stand by chance. */
export function heldIn(text: string, markers: readonly Marker[]): readonly string[] {
  return namesOf(markers, formsOf, text);
}

function namesOf(markers: readonly Marker[], traces: (marker: Marker) => readonly string[], text: string) {
  return markers.filter((marker) => traces(marker).some((trace) => text.includes(trace))).map(({ name }) => name);
}
