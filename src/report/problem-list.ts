import { codes } from '../core/codes.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { placeData, type Span } from '../core/source.ts';

export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly diagnostic: Diagnostic;
}

/** All problems of the files as one JSON array, for editors and programs: docs/errors.md lists the fields. */
export function problemsJson(problems: readonly Problem[]): string {
  const data = problems.map(({ severity, diagnostic: { code, message, at, label, help, related } }) => ({
    ...(at && placeData(at)),
    severity,
    code,
    message,
    ...(label && { label }),
    ...(help && { help }),
    ...(related && { related: related.map((other) => ({ ...placeData(other.at), message: other.message })) }),
  }));
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

/** SARIF 2.1.0, which code hosts show beside the lines. */
export function problemsSarif(problems: readonly Problem[], version: string): string {
  const used = [...new Set(problems.map(({ diagnostic }) => diagnostic.code))].sort();
  const rules = used.map((code) => ({
    id: code,
    shortDescription: { text: codes[code].title },
    fullDescription: { text: codes[code].explanation },
  }));
  const results = problems.map(({ severity, diagnostic }) => ({
    ruleId: diagnostic.code,
    ruleIndex: used.indexOf(diagnostic.code),
    level: severity,
    message: { text: textOf(diagnostic) },
    locations: diagnostic.at ? [{ physicalLocation: physicalLocation(diagnostic.at) }] : [],
    ...(diagnostic.related && {
      relatedLocations: diagnostic.related.map(({ at, message }, id) => ({
        id,
        physicalLocation: physicalLocation(at),
        message: { text: message },
      })),
    }),
  }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'provision', version, rules } },
        // Ours are counted in UTF-16 units, as JavaScript does.
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function textOf({ message, label, help }: Diagnostic): string {
  return [message, label, help].filter(Boolean).join('\n');
}

function physicalLocation(at: Span) {
  const { file, line, column, endLine, endColumn } = placeData(at);
  return {
    artifactLocation: { uri: encodeURI(file.replaceAll('\\', '/')) },
    region: { startLine: line, startColumn: column, endLine, endColumn },
  };
}
