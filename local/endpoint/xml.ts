/** What an XML element holds: text, or child elements by name; a list repeats its element, undefined leaves it out. */
export type XmlContent = string | number | boolean | XmlElements;
export interface XmlElements {
  readonly [name: string]: XmlContent | readonly XmlContent[] | undefined;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text for an element's content. Control characters go as references: a parser would change or refuse them bare. */
export function escapeXml(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[&<>"\u0000-\u0008\u000B-\u001F\u007F\uFFFE\uFFFF]/g, (character) => {
    return ESCAPES[character] ?? `&#x${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()};`;
  });
}

/** A whole XML document with one root element. */
export function renderXml(root: string, content: XmlContent, namespace?: string): string {
  return DECLARATION + element(root, content, namespace === undefined ? '' : ` xmlns="${namespace}"`);
}

function element(name: string, content: XmlContent, attributes = ''): string {
  const inner = typeof content === 'object' ? children(content) : escapeXml(String(content));
  return `<${name}${attributes}>${inner}</${name}>`;
}

function children(elements: XmlElements): string {
  let text = '';
  for (const [name, content] of Object.entries(elements)) {
    if (content === undefined) continue;
    if (isList(content)) text += content.map((item) => element(name, item)).join('');
    else text += element(name, content);
  }
  return text;
}

function isList(content: XmlContent | readonly XmlContent[]): content is readonly XmlContent[] {
  return Array.isArray(content);
}
