import {
  ALTERNATIVE_NAMES,
  NAME_ATTRIBUTES,
  type CertificateFacts,
  type ConnectionFacts,
  type RequestAttributes,
} from './facts.ts';

/** What a key stands for: one value, several, or none (undefined). */
export type KeyValue = string | readonly string[] | undefined;

/** A key of conditions, which is also a variable when it is one value. */
export interface Key {
  /** Whether it may change from one request of a connection to the next. */
  readonly isPerRequest: boolean;
  readonly read: (facts: ConnectionFacts, attributes: RequestAttributes) => KeyValue;
}

/** Certificate attributes with more values than this are cut, by AWS's limit. */
const MAX_CERTIFICATE_VALUES = 5;

const PLAIN_KEYS: ReadonlyMap<string, Key> = new Map<string, Key>([
  ['iot:ClientId', fixed((facts) => facts.clientId)],
  ['aws:SourceIp', fixed((facts) => facts.sourceIp)],
  ['iot:DomainName', fixed((facts) => facts.domainName)],
  // Nothing here comes through a VPC, so these three are always missing, as they are on AWS from the internet.
  ['aws:SourceVpc', fixed(() => undefined)],
  ['aws:SourceVpce', fixed(() => undefined)],
  ['aws:VpcSourceIp', fixed(() => undefined)],
  ['iot:Connection.Thing.ThingName', fixed(({ thing }) => (thing?.isAttached ? thing.name : undefined))],
  [
    'iot:Connection.Thing.ThingTypeName',
    fixed(({ thing }) => (thing?.isAttached ? thing.thingTypeName : undefined)),
  ],
  ['iot:Connection.Thing.IsAttached', fixed(({ thing }) => String(thing?.isAttached === true))],
  ['iot:Certificate.SerialNumber', fixed(({ certificate }) => certificate?.serialNumber)],
  ['iot:Certificate.AvailableKeys', fixed(({ certificate }) => availableKeys(certificate))],
  ['iot:ConnectAttributes', perRequest((_facts, { connectAttributes }) => connectAttributes)],
  ['iot:LastWillTopic', perRequest((_facts, { lastWillTopic }) => lastWillTopic)],
  ['aws:CurrentTime', perRequest(({ nowMs }) => nowMs && new Date(nowMs()).toISOString())],
  ['aws:EpochTime', perRequest(({ nowMs }) => nowMs && String(Math.floor(nowMs() / 1000)))],
]);

const THING_ATTRIBUTE = /^iot:Connection\.Thing\.Attributes\[([^[\]]{1,128})\]$/;
const CERTIFICATE = /^iot:Certificate\.(Subject|Issuer)\.(AlternativeName\.)?([A-Za-z0-9]+)(?:\.(\d|List))?$/;

/** The key of a name such as `iot:Certificate.Subject.CommonName.1`; undefined when AWS IoT knows none of it. */
export function findKey(name: string): Key | undefined {
  const plain = PLAIN_KEYS.get(name);
  if (plain !== undefined) return plain;
  const attribute = THING_ATTRIBUTE.exec(name)?.[1];
  if (attribute !== undefined) {
    return fixed(({ thing }) => (thing?.isAttached ? own(thing.attributes, attribute) : undefined));
  }
  const [matched, party, alternative, field, suffix] = CERTIFICATE.exec(name) ?? [];
  if (matched === undefined || field === undefined) return undefined;
  const known: readonly string[] = alternative === undefined ? NAME_ATTRIBUTES : ALTERNATIVE_NAMES;
  if (!known.includes(field)) return undefined;
  return fixed(({ certificate }) => {
    const values = own(namesOf(certificate, party, alternative), field)?.slice(0, MAX_CERTIFICATE_VALUES);
    if (suffix === 'List') return values;
    return values?.[Number(suffix ?? 0)];
  });
}

function namesOf(
  certificate: CertificateFacts | undefined,
  party: string | undefined,
  alternative: string | undefined,
): Readonly<Record<string, readonly string[] | undefined>> | undefined {
  if (alternative === undefined) return party === 'Subject' ? certificate?.subject : certificate?.issuer;
  return party === 'Subject' ? certificate?.subjectAlternativeNames : certificate?.issuerAlternativeNames;
}

/** The names of the certificate's keys that have a value. */
function availableKeys(certificate: CertificateFacts | undefined): readonly string[] | undefined {
  if (certificate === undefined) return undefined;
  const groups = [
    ['Subject.', certificate.subject],
    ['Issuer.', certificate.issuer],
    ['Subject.AlternativeName.', certificate.subjectAlternativeNames],
    ['Issuer.AlternativeName.', certificate.issuerAlternativeNames],
  ] as const;
  const names = groups.flatMap(([prefix, values]) =>
    Object.entries(values ?? {})
      .filter(([, list]) => list.length > 0)
      .map(([field]) => `iot:Certificate.${prefix}${field}`),
  );
  return certificate.serialNumber === undefined ? names : [...names, 'iot:Certificate.SerialNumber'];
}

function own<Value>(values: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}

function fixed(read: (facts: ConnectionFacts) => KeyValue): Key {
  return { isPerRequest: false, read };
}

function perRequest(read: Key['read']): Key {
  return { isPerRequest: true, read };
}
