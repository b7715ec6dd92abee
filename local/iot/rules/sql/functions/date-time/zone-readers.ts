import type { PieceReader } from './parsed-fields.ts';
import { fixedZone, regionZone } from './time-zone.ts';
import { readableNames, zoneIdOfName } from './zone-names.ts';

/** Java's offsets end at 18 hours. */
const MAX_OFFSET_MS = 18 * 3_600_000;

/** The offsets of the letters X and x by their count, without what stands for no offset. */
const OFFSET_FORMS = [
  /([+-])(\d\d)(?:(\d\d))?/y,
  /([+-])(\d\d)(\d\d)/y,
  /([+-])(\d\d):(\d\d)/y,
  /([+-])(\d\d)(\d\d)(?:(\d\d))?/y,
  /([+-])(\d\d):(\d\d)(?::(\d\d))?/y,
] as const;

const [, HOURS_MINUTES, , , OFFSET_ID] = OFFSET_FORMS;

const SHORT_LOCALIZED = /([+-])(\d{1,2})(?::(\d\d)(?::(\d\d))?)?/y;
const LONG_LOCALIZED = /([+-])(\d\d):(\d\d)(?::(\d\d))?/y;

/** The letters X and x; `zero` stands for no offset. Undefined for more than five letters. */
export function offsetReader(count: number, zero: 'Z' | 'none'): PieceReader | undefined {
  const form = OFFSET_FORMS[count - 1];
  if (form === undefined) return undefined;
  return (text, at, fields) => {
    if (zero === 'Z' && text.charAt(at) === 'Z') {
      fields.offsetMs = 0;
      return at + 1;
    }
    const offset = offsetAt(form, text, at);
    if (offset === undefined) return undefined;
    fields.offsetMs = offset.ms;
    return offset.end;
  };
}

/** The letter Z as up to three: `+0100`. */
export const basicOffsetReader: PieceReader = (text, at, fields) => {
  const offset = offsetAt(HOURS_MINUTES, text, at);
  if (offset === undefined) return undefined;
  fields.offsetMs = offset.ms;
  return offset.end;
};

/** The letter O: `GMT+8`, and `GMT+08:00` as four. */
export function localizedOffsetReader(length: 'short' | 'long'): PieceReader {
  const form = length === 'short' ? SHORT_LOCALIZED : LONG_LOCALIZED;
  return (text, at, fields) => {
    if (!text.startsWith('GMT', at)) return undefined;
    const behind = at + 'GMT'.length;
    const hasSign = /^[+-]$/.test(text.charAt(behind));
    const offset = hasSign ? offsetAt(form, text, behind) : { ms: 0, end: behind };
    if (offset === undefined) return undefined;
    fields.offsetMs = offset.ms;
    return offset.end;
  };
}

/** The letters VV: an offset, one behind UTC, GMT or UT, or a region. */
export const zoneIdReader: PieceReader = (text, at, fields) => {
  if (text.charAt(at) === 'Z') {
    fields.zone = fixedZone(0);
    return at + 1;
  }
  const [prefix = ''] = /^(?:UTC|GMT|UT)/.exec(text.slice(at, at + 3)) ?? [];
  const behind = at + prefix.length;
  const offset = offsetAt(OFFSET_ID, text, behind);
  if (offset !== undefined) {
    fields.zone = fixedZone(offset.ms);
    return offset.end;
  }
  const region = regionAt(text, at);
  if (region !== undefined) {
    fields.zone = region.zone;
    return region.end;
  }
  if (prefix === '') return undefined;
  fields.zone = fixedZone(0);
  return behind;
};

/** The letter z: the name of a zone, or all that VV takes. */
export const zoneNameReader: PieceReader = (text, at, fields) => {
  const idEnd = zoneIdReader(text, at, fields);
  const name = readableNames.find((candidate) => text.startsWith(candidate, at));
  if (name === undefined || (idEnd !== undefined && idEnd >= at + name.length)) return idEnd;
  const zone = regionZone(zoneIdOfName(name) ?? 'UTC');
  if (zone === undefined) return idEnd;
  fields.zone = zone;
  return at + name.length;
};

function regionAt(text: string, at: number) {
  const idForm = /[A-Z][A-Za-z0-9_]*(?:\/[A-Za-z0-9_+-]+)*/y;
  idForm.lastIndex = at;
  const id = idForm.exec(text)?.[0];
  const zone = id === undefined ? undefined : regionZone(id);
  return id === undefined || zone === undefined ? undefined : { zone, end: at + id.length };
}

function offsetAt(form: RegExp, text: string, at: number): { ms: number; end: number } | undefined {
  form.lastIndex = at;
  const match = form.exec(text);
  if (match === null) return undefined;
  const [whole, sign, hours = '0', minutes = '0', seconds = '0'] = match;
  if (Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  if (ms > MAX_OFFSET_MS) return undefined;
  return { ms: sign === '-' ? -ms : ms, end: at + whole.length };
}
