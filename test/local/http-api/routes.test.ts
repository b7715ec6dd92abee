import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileRoutes } from '../../../local/http-api/index.ts';

function router(...keys: readonly string[]) {
  const find = compileRoutes(keys.map((routeKey) => ({ routeKey, functionName: 'f' })));
  return (method: string, path: string) => {
    const found = find(method, path);
    return found === undefined ? undefined : [found.route.routeKey, found.pathParameters];
  };
}

/** The routes of API Gateway's own example, and a few more. */
const find = router(
  'ANY /{proxy+}',
  'GET /pets/{proxy+}',
  'GET /pets/dog/{id}',
  'GET /pets/dog/1',
  'ANY /pets/dog/1',
  'POST /pets/{kind}',
  'PUT /a b/{x}/c',
  '$default',
);

test.each<[method: string, path: string, routeKey: string, parameters?: object]>([
  ['GET', '/pets/dog/1', 'GET /pets/dog/1'],
  ['PUT', '/pets/dog/1', 'ANY /pets/dog/1'],
  ['GET', '/pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
  ['GET', '/pets/cat/1', 'GET /pets/{proxy+}', { proxy: 'cat/1' }],
  ['POST', '/test/5', 'ANY /{proxy+}', { proxy: 'test/5' }],
  ['POST', '/pets/cat', 'POST /pets/{kind}', { kind: 'cat' }],
  ['POST', '/pets/dog/3', 'ANY /{proxy+}', { proxy: 'pets/dog/3' }],
  ['GET', '/pets/', 'ANY /{proxy+}', { proxy: 'pets/' }],
  ['GET', '/', '$default'],
  ['PUT', '/a%20b/%C3%BC%2Fx/c', 'PUT /a b/{x}/c', { x: 'ü/x' }],
  ['GET', '/pets/dog/%zz', '$default'],
])('%s %s goes to %s.', (method, path, routeKey, parameters) => {
  expect(find(method, path)).toEqual([routeKey, parameters]);
});

test('Without a default there is nothing at other paths and methods.', () => {
  const few = router('GET /readings', 'GET /readings/{id}');
  expect(few('GET', '/readings')).toBeDefined();
  for (const [method, path] of [
    ['POST', '/readings'],
    ['GET', '/readings/'],
    ['GET', '/readings/1/2'],
    ['GET', '/Readings'],
  ] as const) {
    expect(few(method, path)).toBeUndefined();
  }
});

test.each([
  ['GET', /a method, a space and a path/],
  ['FETCH /a', /a method, a space and a path/],
  ['GET a', /a method, a space and a path/],
  ['GET /{a+}/b', /has to be the last part/],
  ['GET /{a}/{a}', /a parameter is there twice/],
  ['GET /a-{b}', /neither text nor one \{parameter\}/],
  ['GET /{}', /neither text nor one/],
])('The route %j is refused.', (routeKey, message) => {
  expect(() => router(routeKey)).toThrow(message);
});

test('A route that is there twice is refused.', () => {
  expect(() => router('GET /a', 'GET /a')).toThrow(/"GET \/a" of f cannot be served: it is there twice/);
});

test('The order in which routes are written does not matter.', () => {
  const keys = ['ANY /{p+}', 'GET /a/{p+}', 'GET /a/{b}', 'GET /a/b', 'ANY /a/b', 'GET /{a}/b', '$default'];
  const part = fc.constantFrom('a', 'b', 'c');
  fc.assert(
    fc.property(
      fc.shuffledSubarray(keys, { minLength: keys.length }),
      fc.constantFrom('GET', 'POST'),
      fc.array(part, { minLength: 1, maxLength: 3 }),
      (shuffled, method, parts) => {
        const path = `/${parts.join('/')}`;
        expect(router(...shuffled)(method, path)).toEqual(router(...keys)(method, path));
      },
    ),
  );
});
