import type { Arns } from './arns.ts';
import type { Attributes } from './attributes.ts';
import { numberOrUndefined, readTexts, type Row, textOrUndefined } from './row.ts';

/** A thing as the registry keeps it. */
export interface Thing {
  /** Of the row, and of its document in the search index. */
  readonly id: number;
  readonly thingName: string;
  /** A UUID. */
  readonly thingId: string;
  readonly thingTypeName: string | undefined;
  readonly billingGroupName: string | undefined;
  readonly attributes: Attributes;
  /** 1 at first; grows with every change. */
  readonly version: number;
}

export function toThing(row: Row): Thing {
  return {
    id: Number(row['id']),
    thingName: String(row['name']),
    thingId: String(row['thing_id']),
    thingTypeName: textOrUndefined(row['type_name']),
    billingGroupName: textOrUndefined(row['billing_group']),
    attributes: readTexts(row['attributes']),
    version: numberOrUndefined(row['version']) ?? 1,
  };
}

export function thingArn(arns: Arns, thingName: string): string {
  return arns.of('thing', thingName);
}

/** The body of THING events. */
export function thingEvent(
  { thingId, thingName, version, thingTypeName, attributes }: Thing,
  operation: 'CREATED' | 'UPDATED' | 'DELETED',
  accountId: string,
): Readonly<Record<string, unknown>> {
  return {
    eventType: 'THING_EVENT',
    operation,
    accountId,
    thingId,
    thingName,
    versionNumber: version,
    thingTypeName: thingTypeName ?? null,
    attributes,
  };
}
