import type { Page } from 'playwright-core';

/**
 * Collects whatever a page should never cause: a dialog, an error of its script, a line of the console (that is where
 * Chromium reports what a Content-Security-Policy forbids).
 */
export const complaintsOf = (page: Page): readonly string[] => {
  const complaints: string[] = [];
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => {
    complaints.push(`script: ${error.message}`);
  });
  page.on('console', (message) => {
    complaints.push(`console: ${message.text()}`);
  });
  return complaints;
};
