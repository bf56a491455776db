import type { Page } from './page.ts';

/** The tokens are saved. */
export function donePage(command: string): Page {
  return {
    mood: 'good',
    title: 'source-zoom may read Zoom now',
    paragraphs: [
      'The tokens are saved in the config file. You can close this tab and go back to the terminal.',
      'There, see next which streams can be read:',
    ],
    command,
  };
}

/** The person said no, or Zoom did. */
export function refusedPage(reason: string): Page {
  return {
    mood: 'calm',
    title: 'Access was not given',
    paragraphs: [
      reason,
      'Nothing has changed, and you can close this tab. To try again, run the same command in the terminal.',
    ],
  };
}

/** The code could not be turned into tokens. */
export function failedPage(message: string): Page {
  return {
    mood: 'bad',
    title: 'That did not work yet',
    paragraphs: [message, 'The terminal says the same. You can close this tab.'],
  };
}

/** There are tokens, and they are not where they belong. */
export const unsavedPage: Page = {
  mood: 'bad',
  title: 'Access was given, but not saved',
  paragraphs: [
    'Zoom agreed, but the config file could not be written. Nothing is lost: the terminal says where the tokens are now and what to do with them.',
    'You can close this tab.',
  ],
};

/** Another run asked, or nobody here. */
export const foreignPage: Page = {
  mood: 'bad',
  title: 'This answer belongs to another question',
  paragraphs: [
    'It was not asked for by the authorize command that is running now, so it was not used. Perhaps this tab is left from an earlier try.',
    'Close this tab, and go on in the one that the running command has opened, or open the address that it printed.',
  ],
};

/** Nothing that belongs to the flow. */
export const strayPage: Page = {
  mood: 'calm',
  title: 'Nothing to see at this address',
  paragraphs: ['source-zoom is waiting here for the answer of Zoom’s consent page, and for nothing else.'],
};
