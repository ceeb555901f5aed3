import type { FileCopy } from './copy-file.ts';
import type { Xml } from './xml.ts';

/** A definition that names its files where they are after a move. */
export function withFiles(element: Xml, files: readonly FileCopy[]): Xml {
  const { file } = element.attributes;
  const moved = element.name === 'source' && files.find(({ from }) => from === file);
  return {
    ...element,
    ...(moved && { attributes: { ...element.attributes, file: moved.to } }),
    children: element.children.map((child) => withFiles(child, files)),
  };
}
