/** Attributes of a subject or an issuer that policies can name. */
export const NAME_ATTRIBUTES = [
  'DistinguishedNameQualifier',
  'Country',
  'Organization',
  'OrganizationalUnit',
  'State',
  'CommonName',
  'SerialNumber',
  'Title',
  'Surname',
  'GivenName',
  'Initials',
  'Pseudonym',
  'GenerationQualifier',
] as const;
export type NameAttribute = (typeof NAME_ATTRIBUTES)[number];

/** Kinds of alternative names that policies can name. */
export const ALTERNATIVE_NAMES = [
  'RFC822Name',
  'DNSName',
  'DirectoryName',
  'UniformResourceIdentifier',
  'IPAddress',
] as const;
export type AlternativeName = (typeof ALTERNATIVE_NAMES)[number];

/** Values in the order of the certificate; only the first five can be named (AWS's limit). */
export type NameValues = { readonly [Attribute in NameAttribute]?: readonly string[] };
export type AlternativeNameValues = { readonly [Kind in AlternativeName]?: readonly string[] };

/** What the certificate of a connection says. */
export interface CertificateFacts {
  readonly subject?: NameValues;
  readonly issuer?: NameValues;
  readonly subjectAlternativeNames?: AlternativeNameValues;
  readonly issuerAlternativeNames?: AlternativeNameValues;
  readonly serialNumber?: string;
}

/** The thing that is named as the client is. */
export interface ThingFacts {
  readonly name: string;
  readonly thingTypeName?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Whether the connection's certificate is attached to it. If not, the thing's other variables have no value. */
  readonly isAttached: boolean;
}

/** What is known of a connection: it does not change while the connection stands. */
export interface ConnectionFacts {
  readonly clientId?: string;
  readonly sourceIp?: string;
  /** The server name that the client asked for. */
  readonly domainName?: string;
  readonly thing?: ThingFacts;
  readonly certificate?: CertificateFacts;
  /** Milliseconds since the epoch, for `aws:CurrentTime` and `aws:EpochTime`; without it the two are missing. */
  readonly nowMs?: () => number;
}

/** What belongs to one request only. */
export interface RequestAttributes {
  /** `iot:ConnectAttributes`: `PersistentConnect` and `LastWill`, as far as the CONNECT uses them. */
  readonly connectAttributes?: readonly string[];
  /** `iot:LastWillTopic`: the ARN of the last will's topic. */
  readonly lastWillTopic?: string;
}

/** What somebody wants to do. */
export interface PolicyRequest {
  /** `iot:Connect`, `iot:Publish`, `iot:Subscribe`, `iot:Receive`, `iot:GetThingShadow`, … */
  readonly action: string;
  /** An ARN (arns.ts). */
  readonly resource: string;
  /** What belongs to this request only; for `iot:Connect`. */
  readonly attributes?: RequestAttributes;
}
