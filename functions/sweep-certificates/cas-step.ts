import type { KeptCa } from './ca-directory.ts';
import { dueWarning, ENDED } from './expiry.ts';
import { timeText } from './report.ts';
import type { SweepServices } from './services.ts';
import type { PageResult } from './steps.ts';

/** All CAs at once: an account has a few. Each is told of by itself, because each is a reason to act at once. */
export async function lookAtCas(services: SweepServices): Promise<PageResult> {
  const { cas, tolerate, isTimeUp } = services;
  for (const id of await cas.ids()) {
    if (isTimeUp()) return { isCut: true };
    const ca = await cas.find(id);
    if (ca?.isActive === true) await tolerate(`CA ${id}`, () => lookAtExpiry(ca, services));
  }
  return {};
}

async function lookAtExpiry(
  { caCertificateId, certificate }: KeptCa,
  services: SweepServices,
): Promise<void> {
  const { settings, memory, tell, now, count } = services;
  const { notAfterMs, commonNames } = certificate;
  const warnedDays = await memory.caWarnedDays(caCertificateId);
  const known = { notAfterMs, ...(warnedDays === undefined ? {} : { warnedDays }) };
  const days = dueWarning(known, settings.caExpiryWarningDays, now());
  if (days === undefined) return;
  const [commonName] = commonNames;
  await tell({
    reason: days === ENDED ? 'CA_EXPIRED' : 'CA_EXPIRING',
    days,
    caCertificateId,
    ...(commonName === undefined ? {} : { commonName }),
    notAfter: timeText(notAfterMs),
  });
  await memory.setCaWarned(caCertificateId, days);
  count(days === ENDED ? 'CaExpired' : 'CaExpiring');
}
