import { isSecretName } from '../core/secret.ts';

/** The same value without what its names call secret. */
export function hideSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, isSecretName(key) ? '********' : hideSecrets(item)]),
  );
}
