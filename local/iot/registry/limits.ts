/** AWS IoT's quotas that the registry keeps. Each may be set otherwise. */
export interface RegistryLimits {
  /** Attributes of a thing that has no type. @default 3 */
  readonly attributesWithoutType: number;
  /** Attributes of a thing that has a type. @default 50 */
  readonly attributesWithType: number;
  /** Attributes of a thing group. @default 50 */
  readonly groupAttributes: number;
  /** Searchable attributes of a thing type. @default 3 */
  readonly searchableAttributes: number;
  /** Thing groups that one thing is in. @default 10 */
  readonly groupsPerThing: number;
  /** Levels of thing groups, the root's included. @default 7 */
  readonly groupDepth: number;
  /** Thing groups directly below one. @default 100 */
  readonly childGroups: number;
  /** Dynamic thing groups. @default 100 */
  readonly dynamicGroups: number;
  /** @default 100 */
  readonly roleAliases: number;
  /** Billing groups' and thing groups' things are not limited; @default 20000 billing groups */
  readonly billingGroups: number;
  /** @default 100 */
  readonly thingTypes: number;
  /** @default 1000 */
  readonly topicRules: number;
  /** @default 500 */
  readonly ruleDestinations: number;
  /** @default 50 */
  readonly tagsPerResource: number;
  /** Terms of one search. @default 12 */
  readonly queryTerms: number;
  /** Characters of one search. @default 1000 */
  readonly queryLength: number;
  /** Minutes between the deprecation of a thing type and its deletion. @default 5 */
  readonly thingTypeDeletionMinutes: number;
  /**
   * Requests a second that an operation takes before it answers `ThrottlingException`; operations that are not in
   * here take all. @default none
   */
  readonly requestsPerSecond: Readonly<Record<string, number>>;
}

/** AWS's quotas, without its throttles. */
export const DEFAULT_LIMITS: RegistryLimits = {
  attributesWithoutType: 3,
  attributesWithType: 50,
  groupAttributes: 50,
  searchableAttributes: 3,
  groupsPerThing: 10,
  groupDepth: 7,
  childGroups: 100,
  dynamicGroups: 100,
  roleAliases: 100,
  billingGroups: 20_000,
  thingTypes: 100,
  topicRules: 1000,
  ruleDestinations: 500,
  tagsPerResource: 50,
  queryTerms: 12,
  queryLength: 1000,
  thingTypeDeletionMinutes: 5,
  requestsPerSecond: {},
};

/**
 * AWS's throttles, in requests a second: what a burst of registrations meets there. For most of the control plane
 * they lie between 10 and 15, and move with region and year: of those, the lower is taken here.
 */
export const AWS_THROTTLES: RegistryLimits['requestsPerSecond'] = {
  AddThingToBillingGroup: 10,
  AddThingToThingGroup: 10,
  AttachPolicy: 10,
  AttachThingPrincipal: 10,
  CreateCertificateFromCsr: 10,
  CreateKeysAndCertificate: 10,
  CreatePolicy: 10,
  DeleteCertificate: 10,
  DescribeCACertificate: 10,
  DescribeCertificate: 10,
  DetachPolicy: 10,
  DetachThingPrincipal: 10,
  ListThingPrincipals: 10,
  RegisterCACertificate: 10,
  RegisterCertificate: 10,
  RegisterThing: 10,
  CreateThing: 100,
  DescribeThing: 350,
  UpdateThing: 100,
  DeleteThing: 100,
  ListThings: 10,
  CreateTopicRule: 5,
  ReplaceTopicRule: 5,
  UpdateCertificate: 15,
  SearchIndex: 15,
};
