/** The data with other values on top, without asking for any of it: some may not be there yet. */
export function overlay(data: Readonly<Record<string, unknown>>, names: object): Readonly<Record<string, unknown>> {
  if (Object.keys(names).length === 0) return data;
  return Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(data), ...Object.getOwnPropertyDescriptors(names) },
  );
}
