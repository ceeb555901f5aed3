import { Failure } from './failure.ts';
import { plainText } from './plain-text.ts';
import { plainValue } from './plain-value.ts';
import { shellWriter } from './shell-text.ts';

/** How values get into one text of a format. */
export interface Writer {
  /** What stands in the text for a value. */
  readonly write: (...values: readonly unknown[]) => string;
  /** The text as a whole, when all values are in it. */
  readonly finish: (text: string) => string;
}

/** The format that a template's name asks for: `domain.xml.ejs` makes XML. Whatever is not known is line-based. */
export function formatOf(name: string): () => Writer {
  const ending = /\.([^./]+)$/.exec(name.replace(/\.ejs$/, ''))?.[1]?.toLowerCase() ?? '';
  return formats.get(ending) ?? lineWriter;
}

const formats: ReadonlyMap<string, () => Writer> = new Map([
  ['xml', xmlWriter],
  ['svg', xmlWriter],
  ['html', xmlWriter],
  ['sh', shellWriter],
  ['bash', shellWriter],
  ['json', jsonWriter],
]);

const xmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Good for text and for attributes alike; in an attribute a bare line break would become a blank. */
function xmlWriter(): Writer {
  return {
    write: (...values) => {
      const text = plainText(...values);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot hold
      const bad = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.exec(text);
      if (bad !== null) throw cannotHold('XML', bad[0]);
      return text.replace(/[&<>"'\t\n\r]/g, (character) => xmlEntities[character] ?? character);
    },
    finish: (text) => text,
  };
}

/** One value is one JSON value, quotes included; lists and maps are as good as any. */
function jsonWriter(): Writer {
  return {
    write: (...values) => JSON.stringify(plainValue(values.length === 1 ? values[0] : plainText(...values), 'the tag')),
    finish: (text) => {
      try {
        JSON.parse(text);
      } catch (error) {
        const help = 'a tag makes a whole JSON value with its quotes: write `"url": <%= url %>`, not `"<%= url %>"`';
        const said = error instanceof Error ? error.message : String(error);
        throw new Failure('PV3104', `the template does not make JSON: ${said}`, { help });
      }
      return text;
    },
  };
}

/** In a line-based file, a value with a line break would add a line of its own. */
function lineWriter(): Writer {
  return {
    write: (...values) => {
      const text = plainText(...values);
      if (text.includes('\0')) throw cannotHold('a text file', '\0');
      if (!/[\n\r]/.test(text)) return text;
      const help = "write each line on its own: `<% for (const line of text.split('\\n')) { -%>`";
      throw new Failure('PV3102', 'the value has a line break, which would add a line to the file', { help });
    },
    finish: (text) => text,
  };
}

function cannotHold(what: string, character: string): Failure {
  const number = character.codePointAt(0)?.toString(16).padStart(4, '0').toUpperCase();
  return new Failure('PV3103', `the value has a character that ${what} cannot hold: U+${number}`);
}
