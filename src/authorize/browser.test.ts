import { expect, test } from '@jest/globals';
import { browserCommands } from './browser.ts';

const url = 'https://zoom.us/oauth/authorize?a=1&b=2';

test.each([
  { system: 'linux', variables: { DISPLAY: ':0' }, expected: [['xdg-open', url]] },
  { system: 'linux', variables: { WAYLAND_DISPLAY: 'wayland-0' }, expected: [['xdg-open', url]] },
  { system: 'linux', variables: {}, expected: [] },
  {
    system: 'linux',
    variables: { WSL_DISTRO_NAME: 'Debian' },
    expected: [
      ['wslview', url],
      ['xdg-open', url],
    ],
  },
  { system: 'darwin', variables: {}, expected: [['open', url]] },
  { system: 'win32', variables: {}, expected: [['rundll32', 'url.dll,FileProtocolHandler', url]] },
  {
    system: 'linux',
    variables: { DISPLAY: ':0', BROWSER: 'firefox --new-window:lynx -accept_all_cookies %s:' },
    expected: [
      ['firefox', '--new-window', url],
      ['lynx', '-accept_all_cookies', url],
    ],
  },
] as const)('$system with $variables', ({ system, variables, expected }) => {
  expect(browserCommands(url, system, variables)).toEqual(expected);
});
