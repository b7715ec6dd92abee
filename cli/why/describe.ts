import { describeExplanation } from '../../local/iot/policies/describe.ts';
import { ACTIVATION_STEP_NAMES } from '../../shared/device-registry/activation-steps.ts';
import { timeText } from '../devices/describe.ts';
import { counted, visible, type Output, type Style } from '../terminal.ts';
import type { Attempt } from './attempts.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { CertificateFacts, RegisteredCa } from './facts.ts';

const STYLES: Readonly<Record<Diagnosis['state'], Style>> = {
  passed: 'green',
  waiting: 'yellow',
  stopped: 'red',
  outside: 'cyan',
  unknown: 'red',
};

const WORDS: Readonly<Record<Diagnosis['state'], string>> = {
  passed: 'has passed',
  waiting: 'waits at',
  stopped: 'was stopped by',
  outside: '',
  unknown: '',
};

/** A certificate in lines: where it stands, why, what there is of it, and what to do. */
export function certificateLines(facts: CertificateFacts, diagnosis: Diagnosis, out: Output): string[] {
  const { certificateId, registered, held } = facts;
  const { state, step, summary, reason, next } = diagnosis;
  const status = registered?.status ?? 'not registered';
  const where =
    step === undefined
      ? ''
      : `, ${WORDS[state]} step ${step.number} of ${ACTIVATION_STEP_NAMES.length}: ${step.name}`;
  const lines = [
    out.paint('dim', `certificate ${certificateId}`),
    out.paint(STYLES[state], visible(`${status}${where}`)),
    `  ${visible(reason === undefined ? summary : `${reason}: ${summary}`)}`,
  ];
  for (const [name, value] of factRows(facts))
    lines.push(`  ${out.paint('dim', name.padEnd(12))}${visible(value)}`);
  if (held !== undefined) {
    const since = `${timeText(held.firstHeldAtMs)}, last ${timeText(held.lastHeldAtMs)}`;
    lines.push(`  ${out.paint('dim', 'noted'.padEnd(12))}${since}`);
  }
  if (next.length > 0) lines.push('next', ...next.map((line) => `  ${visible(line)}`));
  return lines;
}

function factRows({ registered, ca, device }: CertificateFacts): (readonly [string, string])[] {
  const rows: (readonly [string, string])[] = [];
  if (registered?.registeredAtMs !== undefined)
    rows.push(['registered', timeText(registered.registeredAtMs)]);
  if (ca !== undefined) rows.push(['CA', `${ca.caCertificateId.slice(0, 12)}, ${caText(ca)}`]);
  if (registered !== undefined) {
    rows.push(['thing', listText(registered.thingNames)], ['policies', listText(registered.policyNames)]);
  }
  if (device !== undefined) {
    const last = device.history.at(-1);
    const since = last === undefined ? '' : ` since ${timeText(last.atMs)}: ${last.reason}`;
    rows.push(['record', `${device.thingName}, ${device.state}${since}`]);
  }
  return rows;
}

/** The id of a CA in lines, for who has taken it for a device's certificate. */
export function caLines(ca: RegisteredCa, out: Output): string[] {
  return [
    out.paint('dim', `CA certificate ${ca.caCertificateId}`),
    caText(ca),
    '  It is the certificate of a CA and not of a device: no activation concerns it.',
    `  aws iot list-certificates-by-ca --ca-certificate-id ${ca.caCertificateId} tells whose it has signed.`,
  ];
}

function caText({ status, isAutoRegistration, hasTemplate }: RegisteredCa): string {
  const template = hasTemplate ? ', devices are provisioned by a template' : '';
  return `${status}, auto-registration ${isAutoRegistration ? 'on' : 'off'}${template}`;
}

function listText(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}

/** What somebody tried, with the reason for the answer. */
export function attemptLines(
  { at, count, clientId, certificateId, explanation }: Attempt,
  out: Output,
): string[] {
  const who = [
    ...(clientId === undefined ? [] : [`client ${clientId}`]),
    ...(certificateId === undefined ? [] : [`certificate ${certificateId}`]),
  ].join(', ');
  const often = count === 1 ? '' : `, ${counted(count, 'time')}`;
  const [verdict = '', ...reasons] = describeExplanation(explanation);
  return [
    out.paint('dim', visible(`${at} ${who}${often}`)),
    out.paint(explanation.outcome === 'allowed' ? 'green' : 'red', visible(verdict)),
    ...reasons.map((line) => visible(line)),
  ];
}
