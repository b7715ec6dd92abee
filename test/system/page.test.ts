import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { isAlive } from '../../local/processes.ts';
import { launchChromium, openPage, type OpenPage } from './browser.ts';
import { ServiceCloud } from './cloud.ts';
import { Device } from './device.ts';

/** Readings after which something can be an anomaly, and a few more. */
const WARM = 40;

let cloud: ServiceCloud;
let browser: Browser;
const devices: Device[] = [];

beforeAll(async () => {
  [cloud, browser] = await Promise.all([ServiceCloud.start(), launchChromium()]);
});

afterEach(async () => {
  await Promise.all(devices.splice(0).map((device) => device.leave()));
  await Promise.all(browser.contexts().map((context) => context.close()));
});

afterAll(async () => {
  await Promise.all([browser.close(), cloud.remove()]);
});

/** Opens the page and waits until results can reach it. */
async function open(options: BrowserContextOptions = {}): Promise<OpenPage> {
  const opened = await openPage(browser, cloud.running.pageUrl, options);
  await expectState(opened.page, 'connected');
  return opened;
}

async function connect(name: string, sent = 0): Promise<Device> {
  const device = await Device.connect(cloud.running.mqttUrl, name, sent);
  devices.push(device);
  return device;
}

async function expectState(page: Page, state: string): Promise<void> {
  const connection = page.getByTestId('connection');
  await expect.poll(() => connection.getAttribute('data-state'), { timeout: 15_000 }).toBe(state);
}

/** A count that the plot carries: `data-points`, `data-band`, `data-anomalies`. */
async function counted(page: Page, name: string): Promise<number> {
  return Number(await page.getByTestId('plot').getAttribute(`data-${name}`));
}

function row(page: Page, device: string): Locator {
  return page.getByTestId('device-row').filter({ hasText: device });
}

test('The page loads from its own origin, and nothing fails or is refused by its policy.', async () => {
  const { page, problems, requested } = await open();
  const { host } = new URL(cloud.running.pageUrl);
  expect(new Set(requested.map((url) => new URL(url).host))).toEqual(new Set([host]));
  expect(requested).toContain(`ws://${host}/mqtt`);
  const device = await connect('clean');
  await device.sendMany(WARM);
  await expect.poll(() => counted(page, 'points')).toBe(WARM);
  expect(problems).toEqual([]);
});

test('Before any device, the page says what to do.', async () => {
  const { page } = await open();
  const empty = page.getByTestId('empty');
  await expect.poll(() => empty.isVisible()).toBe(true);
  const commands = await empty.locator('pre').allInnerTexts();
  expect(commands.map((command) => command.trim().split(' ').slice(0, 3).join(' '))).toEqual([
    'npm start',
    'npx glasshouse publish',
  ]);
  expect(await page.getByTestId('device-row').count()).toBe(0);
  const device = await connect('first');
  await device.send();
  await expect.poll(() => row(page, 'first').isVisible()).toBe(true);
  await expect.poll(() => empty.isVisible()).toBe(false);
});

test('Readings arrive as points with the range that was expected of them.', async () => {
  const { page } = await open();
  const device = await connect('points');
  await device.sendMany(10);
  await expect.poll(() => counted(page, 'points')).toBe(10);
  const band = await counted(page, 'band');
  expect(band).toBeGreaterThan(0);
  await device.sendMany(10);
  await expect.poll(() => counted(page, 'points')).toBe(20);
  await expect.poll(() => counted(page, 'band')).toBe(band + 10);
  await expect.poll(() => row(page, 'points').innerText()).toContain('20 readings · 0 anomalies');
});

/** How many pixels of the plot have the colour in which anomalies are drawn. */
const ANOMALY_PIXELS = `(() => {
  const canvas = document.querySelector('[data-testid=plot] canvas');
  const paint = canvas.getContext('2d');
  const probe = document.createElement('canvas').getContext('2d');
  probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--anomaly');
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  const { data } = paint.getImageData(0, 0, canvas.width, canvas.height);
  let pixels = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) pixels += 1;
  }
  return pixels;
})()`;

test('A reading far off is marked as an anomaly.', async () => {
  const { page } = await open();
  const device = await connect('anomaly');
  await device.sendMany(WARM);
  await expect.poll(() => counted(page, 'points')).toBe(WARM);
  expect(await counted(page, 'anomalies')).toBe(0);
  expect(await page.evaluate(ANOMALY_PIXELS)).toBe(0);
  expect((await device.send(60)).anomaly).toBe(true);
  await expect.poll(() => counted(page, 'anomalies')).toBe(1);
  await expect.poll(() => page.evaluate(ANOMALY_PIXELS)).toBeGreaterThan(20);
  await expect.poll(() => row(page, 'anomaly').getAttribute('data-state')).toBe('anomaly');
  await expect.poll(() => row(page, 'anomaly').innerText()).toContain('1 anomaly');
});

test.each([
  ['alpha0', '0.9', 0.9],
  ['beta', '0.25', 0.25],
  // This slider moves over powers of ten.
  ['threshold', '-3', 0.001],
] as const)(
  'Moving the slider of %s to %s scores the next readings with %d, and the page says so.',
  async (name, position, setting) => {
    const { page } = await open();
    const device = await connect(`slider-${name}`);
    const before = await device.send();
    expect(before.settings[name]).not.toBe(setting);
    await expect.poll(() => row(page, device.name).isVisible()).toBe(true);
    device.play();
    const applied = page.getByTestId(`applied-${name}`);
    await page.getByTestId(`slider-${name}`).fill(position);
    await expect.poll(() => applied.getAttribute('data-state')).toBe('waiting');
    await expect
      .poll(() => device.lastResult?.settings, { timeout: 5_000 })
      .toEqual({ ...before.settings, [name]: setting });
    await expect.poll(() => applied.innerText()).toBe('applied');
    expect(await page.getByTestId(`slider-${name}`).inputValue()).toBe(position);

    await page.getByTestId('reset-settings').click();
    await expect.poll(() => device.lastResult?.settings, { timeout: 5_000 }).toEqual(before.settings);
  },
);

test('The light shows that the cloud is gone; when it is back, the page goes on by itself.', async () => {
  const { page } = await open();
  const device = await connect('restart');
  await device.sendMany(5);
  await expect.poll(() => counted(page, 'points')).toBe(5);
  const light = page.getByTestId('connection');
  const { dynamodbPid = Number.NaN } = cloud.running;
  const stopping = performance.now();
  await cloud.stop();
  // A page that stays open holds nothing up, and no engine is left behind.
  expect(performance.now() - stopping).toBeLessThan(5_000);
  expect(isAlive(dynamodbPid)).toBe(false);
  await expect.poll(() => light.innerText()).toMatch(/^Reconnecting in \d+ s$/);
  await expect.poll(() => light.innerText(), { timeout: 20_000 }).toBe('Offline, trying every 2 s');
  await expect.poll(() => light.getAttribute('data-state')).toBe('offline');

  await cloud.startAgain();
  await expectState(page, 'connected');
  await expect.poll(() => light.innerText()).toBe('Connected');
  const back = await connect(device.name, device.sent);
  await back.sendMany(5);
  // What it had drawn is still there.
  await expect.poll(() => counted(page, 'points')).toBe(10);
  // What the cloud had learned is still there too: a first reading would have no mean.
  expect(back.results[0]?.columns['value']?.mean).not.toBeNull();
});

/** Presses Tab until the row of the device has the focus, as somebody without a mouse would. */
async function tabTo(page: Page, device: string): Promise<void> {
  for (let presses = 0; presses < 30; presses += 1) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement.dataset.device')) === device) return;
  }
  throw new Error('the Tab key does not get there');
}

test('Devices are chosen with Tab, the arrow keys and Enter.', async () => {
  const { page } = await open();
  for (const name of ['key-a', 'key-b']) await (await connect(name)).sendMany(3);
  await expect.poll(() => page.getByTestId('device-row').count()).toBe(2);
  await expect.poll(() => page.getByTestId('plot').getAttribute('data-device')).toBe('key-a');
  await tabTo(page, 'key-a');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(() => row(page, 'key-b').getAttribute('aria-pressed')).toBe('true');
  await expect.poll(() => row(page, 'key-a').getAttribute('aria-pressed')).toBe('false');
  await expect.poll(() => page.getByTestId('plot').getAttribute('data-device')).toBe('key-b');
});

test('Space pauses the plots, and once more goes on with all that came meanwhile.', async () => {
  const { page } = await open();
  const device = await connect('pause');
  await device.sendMany(3);
  await expect.poll(() => counted(page, 'points')).toBe(3);
  await page.keyboard.press('Space');
  const pause = page.getByTestId('pause');
  await expect.poll(() => pause.getAttribute('aria-pressed')).toBe('true');
  await device.sendMany(4);
  await expect.poll(() => row(page, 'pause').innerText()).toContain('7 readings');
  expect(await counted(page, 'points')).toBe(3);
  await expect.poll(() => page.getByTestId('view-status').innerText()).toBe('paused, 4 new readings');
  await page.keyboard.press('Space');
  await expect.poll(() => counted(page, 'points')).toBe(7);
  await expect.poll(() => pause.getAttribute('aria-pressed')).toBe('false');
});

test('At a width of 360 pixels nothing overflows sideways.', async () => {
  const { page } = await open({ viewport: { width: 360, height: 740 } });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  const device = await connect('a-device-with-a-name-that-is-much-longer-than-the-screen-is-wide');
  await device.sendMany(WARM);
  await device.send(60);
  await expect.poll(() => counted(page, 'anomalies')).toBe(1);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  const slider = await page.getByTestId('slider-alpha0').boundingBox();
  expect(slider?.width).toBeGreaterThan(200);
});

test('A dark colour scheme has a dark background, and is followed when it changes.', async () => {
  const { page } = await open({ colorScheme: 'light' });
  const device = await connect('dark');
  await device.sendMany(3);
  await expect.poll(() => counted(page, 'points')).toBe(3);
  const background = 'getComputedStyle(document.body).backgroundColor';
  const light = brightness(String(await page.evaluate(background)));
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = brightness(String(await page.evaluate(background)));
  expect(light).toBeGreaterThan(200);
  expect(dark).toBeLessThan(60);
  await expect.poll(() => counted(page, 'points')).toBe(3);
});

/** The mean of red, green and blue of `rgb(…)`, 0 to 255. */
function brightness(colour: string): number {
  const parts = [...colour.matchAll(/\d+/g)].slice(0, 3).map(Number);
  return parts.reduce((sum, part) => sum + part, 0) / parts.length;
}

test('What a device calls itself is shown as text, whatever it is.', async () => {
  const { page, problems } = await open();
  const device = await connect('<img src="/x" onerror="document.title=1">');
  await device.send();
  await expect.poll(() => row(page, device.name).isVisible()).toBe(true);
  expect(await page.locator('main img').count()).toBe(0);
  expect(await page.title()).toBe('Glasshouse live');
  expect(problems).toEqual([]);
});

test('A change for all devices reaches a device that was not selected, within 30 seconds.', async () => {
  const { page } = await open();
  const selected = await connect('all-selected');
  const other = await connect('all-other');
  await selected.send();
  await other.send();
  await expect.poll(() => row(page, other.name).isVisible()).toBe(true);
  for (const device of [selected, other]) device.play();
  await page.getByTestId('scope-all').check();
  await page.getByTestId('slider-beta').fill('0.75');
  await expect.poll(() => other.lastResult?.settings.beta, { timeout: 30_000 }).toBe(0.75);
  await expect.poll(() => page.getByTestId('applied-beta').innerText()).toMatch(/^applied to \d of 2$/);
});
