import { s3Errors } from './errors.ts';

/** An element of a small XML document: its text, and its children in their order. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const MAX_DEPTH = 20;
const TOKEN =
  /<\?[^]*?\?>|<!--[^]*?-->|<\/([\w.:-]{1,100})\s*>|<([\w.:-]{1,100})(\s[^<>]{0,1000}?)?(\/?)>|[^<]+/gy;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

interface OpenElement {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/**
 * Reads the XML that S3 requests carry: elements, text and the entities of XML itself. Attributes are passed over;
 * document types are refused.
 *
 * @throws AwsApiError `MalformedXML`.
 */
export function parseXml(xml: string): XmlElement {
  const root: OpenElement = { name: '', text: '', children: [] };
  const open = [root];
  let end = 0;
  for (const match of xml.replace(/^\uFEFF/, '').matchAll(TOKEN)) {
    const [token, closing, opening, , selfClosing] = match;
    const current = open.at(-1);
    if (current === undefined) throw s3Errors.malformedXml();
    if (closing !== undefined) {
      if (open.length === 1 || current.name !== closing) throw s3Errors.malformedXml();
      open.pop();
    } else if (opening !== undefined) {
      const element: OpenElement = { name: opening, text: '', children: [] };
      current.children.push(element);
      if (selfClosing === '') open.push(element);
      if (open.length > MAX_DEPTH) throw s3Errors.malformedXml();
    } else if (!token.startsWith('<')) {
      current.text += decodeEntities(token);
    }
    end += token.length;
  }
  const [document] = root.children;
  const isWhole = end === xml.replace(/^\uFEFF/, '').length && open.length === 1 && root.text.trim() === '';
  if (document === undefined || root.children.length !== 1 || !isWhole) throw s3Errors.malformedXml();
  return document;
}

function decodeEntities(text: string): string {
  return text.replaceAll(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));|&/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined && ENTITIES[name] !== undefined) return ENTITIES[name];
      const code = hex === undefined ? Number(decimal ?? NaN) : Number.parseInt(hex, 16);
      if (whole === '&' || Number.isNaN(code) || code > 0x10ffff) throw s3Errors.malformedXml();
      return String.fromCodePoint(code);
    },
  );
}
