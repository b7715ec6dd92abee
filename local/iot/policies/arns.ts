/** Where the resources of AWS IoT live: what every one of their ARNs begins with. */
export interface ArnScope {
  /** @default aws */
  readonly partition?: string;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
}

/** Builders of the ARNs that policies name; each takes the name as it came over the wire. */
export interface IotArns {
  /** `iot:Connect`. */
  readonly client: (clientId: string) => string;
  /** `iot:Publish`, `iot:RetainPublish`, `iot:Receive`. */
  readonly topic: (topicName: string) => string;
  /** `iot:Subscribe`: the filter is plain text here, `#` and `+` are themselves. */
  readonly topicFilter: (filter: string) => string;
  /** Shadows and jobs over HTTPS. */
  readonly thing: (thingName: string) => string;
  /** `iot:AssumeRoleWithCertificate`. */
  readonly roleAlias: (roleAlias: string) => string;
}

/** Makes the builders for one account and region. */
export function createIotArns({ partition = 'aws', region, accountId }: ArnScope): IotArns {
  const prefix = `arn:${partition}:iot:${region}:${accountId}:`;
  return {
    client: (clientId) => `${prefix}client/${clientId}`,
    topic: (topicName) => `${prefix}topic/${topicName}`,
    topicFilter: (filter) => `${prefix}topicfilter/${filter}`,
    thing: (thingName) => `${prefix}thing/${thingName}`,
    roleAlias: (roleAlias) => `${prefix}rolealias/${roleAlias}`,
  };
}
