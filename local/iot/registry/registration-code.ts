import { createHash } from 'node:crypto';
import type { SecurityContext } from './security-context.ts';

/** GetRegistrationCode: 64 hexadecimal digits that stay until they are deleted. */
export function registrationCode({ cas, newId }: SecurityContext): string {
  const known = cas.registrationCode();
  if (known !== undefined) return known;
  const code = createHash('sha256').update(newId()).digest('hex');
  cas.setRegistrationCode(code);
  return code;
}
