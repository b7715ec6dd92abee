import { ConnectionLight } from './connection-light.ts';
import { openConnection } from './connection.ts';
import { DeviceList } from './device-list.ts';
import { deviceState } from './device-state.ts';
import { Devices } from './devices.ts';
import { byId, setText } from './element.ts';
import { formatCount } from './format.ts';
import { Plots } from './plots.ts';
import { readResult } from './result.ts';
import { SettingsPanel } from './settings-panel.ts';
import { Tuning } from './tuning.ts';

const RESULT_TOPIC = 'anom/pred';
const SETTINGS_TOPIC = 'anom/settings';

/** Everything but the plot is written this often: faster than that nobody reads numbers. */
const REFRESH_MS = 250;
/** Anomalies are said aloud no more often than this. */
const ANNOUNCE_MS = 5000;
/** Who asks for less motion gets a plot that moves once a second. */
const CALM_REDRAW_MS = 1000;

const now = (): number => Date.now();
const devices = new Devices();
const tuning = new Tuning();
const light = new ConnectionLight();
const calm = matchMedia('(prefers-reduced-motion: reduce)');

let selected: string | undefined;
let received = 0;
let unreadable = 0;
let isFramePending = false;
let drawnAtMs = 0;
let announcedAtMs = 0;
let rate = { sinceMs: now(), received: 0, perSecond: 0 };

const plots = new Plots(byId('plots'), () => requestDraw(true));
const list = new DeviceList(byId('devices'), select);
const panel = new SettingsPanel({
  parent: byId('settings'),
  tuning,
  onChange: (scope, settings) => {
    connection.publish(SETTINGS_TOPIC, scope === 'all' ? { settings } : { device: scope.device, settings });
    if (settings.alpha0 !== undefined) tuning.published(scope, 'alpha0', settings.alpha0, now());
    if (settings.beta !== undefined) tuning.published(scope, 'beta', settings.beta, now());
    if (settings.threshold !== undefined) tuning.published(scope, 'threshold', settings.threshold, now());
    refresh();
  },
});
const connection = openConnection({
  url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/mqtt`,
  clientId: `page-${crypto.getRandomValues(new Uint32Array(2)).join('')}`,
  topic: RESULT_TOPIC,
  now,
  onMessage: takeIn,
  onState: (state) => light.show(state, now()),
});

setInterval(refresh, REFRESH_MS);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plots.repaint());
document.addEventListener('keydown', (event) => {
  const isControl = event.target instanceof Element && event.target.closest('button, input, a, pre') !== null;
  if (event.key !== ' ' || isControl || selected === undefined) return;
  event.preventDefault();
  plots.togglePause();
});

function takeIn(payload: Uint8Array): void {
  const result = readResult(payload);
  if (result === undefined) {
    unreadable += 1;
    return;
  }
  received += 1;
  const before = devices.get(result.device)?.last.settings ?? result.settings;
  devices.add(result, now());
  // A late reading is scored with today's settings too, so it tells as much.
  tuning.observed(result.device, result.settings, before, now());
  if (selected === undefined || devices.get(selected) === undefined) select(result.device);
  if (result.device === selected) requestDraw(false);
  if (result.device === selected && result.anomaly) announce(`Anomaly: ${result.device}`);
}

function select(key: string): void {
  const device = devices.get(key);
  if (device === undefined) return;
  selected = key;
  byId('empty').hidden = true;
  for (const id of ['devices', 'plots', 'settings']) byId(id).hidden = false;
  list.select(key);
  plots.select(device);
  refresh();
}

/** Draws at the next frame, once, however many results came in; `isAsked` when a hand has asked for it. */
function requestDraw(isAsked: boolean): void {
  if (isFramePending || (calm.matches && !isAsked && now() - drawnAtMs < CALM_REDRAW_MS)) return;
  isFramePending = true;
  requestAnimationFrame(() => {
    isFramePending = false;
    drawnAtMs = now();
    plots.draw();
  });
}

function refresh(): void {
  const nowMs = now();
  light.refresh(nowMs);
  list.refresh(devices, nowMs);
  const elapsedMs = nowMs - rate.sinceMs;
  if (elapsedMs >= 1000) {
    const perSecond = ((received - rate.received) * 1000) / elapsedMs;
    rate = { sinceMs: nowMs, received, perSecond };
  }
  setText(byId('readings'), formatCount(received));
  setText(byId('rate'), `${formatCount(rate.perSecond)}/s`);
  setText(byId('unreadable'), `unreadable: ${formatCount(unreadable)}`);
  byId('unreadable').classList.toggle('is-bad', unreadable > 0);
  const device = selected === undefined ? undefined : devices.get(selected);
  if (device === undefined) return;
  panel.refresh(device.key, device.last.settings);
  plots.describe(deviceState(device, nowMs));
  // A calm plot may have left readings undrawn.
  if (calm.matches && device.arrivedAtMs >= drawnAtMs) requestDraw(false);
}

function announce(text: string): void {
  if (now() - announcedAtMs < ANNOUNCE_MS) return;
  announcedAtMs = now();
  byId('announcement').textContent = `${text}, ${new Date(announcedAtMs).toLocaleTimeString('en-GB')}`;
}
