import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderXml } from '../../../local/endpoint/xml.ts';
import { AwsApiError } from '../../../local/errors.ts';
import { parseXml } from '../../../local/s3/parse-xml.ts';

test('Elements, text, entities, comments and declarations are read.', () => {
  const xml = '<?xml version="1.0"?>\n<!-- x --><a xmlns="y"><b>1 &lt; 2 &#x41;&#66;</b><c/></a>';
  expect(parseXml(xml)).toEqual({
    name: 'a',
    text: '',
    children: [
      { name: 'b', text: '1 < 2 AB', children: [] },
      { name: 'c', text: '', children: [] },
    ],
  });
});

test.each([
  '',
  'text',
  '<a>',
  '</a>',
  '<a></b>',
  '<a/><b/>',
  '<a>&nbsp;</a>',
  '<a>&</a>',
  '<a>&#x110000;</a>',
  '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  '<a><![CDATA[x]]></a>',
  '<a>'.repeat(30) + '</a>'.repeat(30),
])('%s is refused.', (xml) => {
  expect(() => parseXml(xml)).toThrow(expect.objectContaining({ code: 'MalformedXML' }));
});

test('What is written is read again, whatever the text.', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const given = text.toWellFormed();
      expect(parseXml(renderXml('a', { b: given })).children[0]?.text).toBe(given);
    }),
  );
});

test('Anything is read or refused, never more than that.', () => {
  const token = fc.constantFrom(
    '<',
    '>',
    '</',
    '/>',
    'a',
    'b',
    '&',
    'amp;',
    '<a>',
    '</a>',
    '<!--',
    '-->',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 20 }), (tokens) => {
      try {
        expect(parseXml(tokens.join('')).name).not.toBe('');
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(AwsApiError);
      }
    }),
    { numRuns: 1_000 },
  );
});
