/** Whether a secret can go by this name. */
export function canNameSecret(name: string): boolean {
  return /^[A-Za-z0-9_][\w.-]*$/.test(name);
}
