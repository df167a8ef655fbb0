// Opens pages in a real browser and does what a reader does. Asked on standard input, answers on standard output: JSON.
'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const { chromium } = require('playwright-core');

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

// Asks again and again from outside: the page's policy lets nobody evaluate text inside it.
async function until(page, condition) {
  const start = Date.now();
  while (!(await page.evaluate(condition))) {
    if (Date.now() - start > 20000) throw new Error(`never came true: ${condition}`);
    await page.waitForTimeout(20);
  }
}

async function visited(browser, job) {
  const said = { requests: [], console: [], dialogs: 0, results: [] };
  const context = await browser.newContext({
    viewport: { width: job.width || 1440, height: job.height || 900 },
    colorScheme: job.scheme || 'light', javaScriptEnabled: job.script !== false, bypassCSP: Boolean(job.axe),
  });
  const page = await context.newPage();
  page.on('request', (request) => said.requests.push(request.url().slice(0, 200)));
  page.on('console', (message) => said.console.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => said.console.push(`thrown: ${error.message}`));
  page.on('dialog', (dialog) => { said.dialogs += 1; dialog.dismiss(); });
  await page.goto(`file://${job.page}${job.hash || ''}`);
  for (const step of job.steps || []) {
    if (step.evaluate) said.results.push(await page.evaluate(step.evaluate));
    if (step.click) await page.click(step.click);
    if (step.clickAt) {
      const at = await page.evaluate(step.clickAt);
      await page.mouse.click(at.x, at.y);
    }
    if (step.fill) await page.fill(step.fill[0], step.fill[1]);
    if (step.choose) await page.selectOption(step.choose[0], step.choose[1]);
    if (step.press) await page.keyboard.press(step.press);
    if (step.focus) await page.focus(step.focus);
    if (step.back) await page.goBack();
    if (step.wait) await until(page, step.wait);
  }
  if (job.axe) {
    await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
    const found = await page.evaluate(() => window.axe.run());
    const shown = (v) => v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ');
    said.axe = found.violations.map((v) => `${v.id}: ${shown(v)}`);
    said.axePasses = found.passes.length;
  }
  if (job.screenshot) await page.screenshot({ path: job.screenshot });
  if (job.pdf) writeFileSync(job.pdf, await page.pdf({ preferCSSPageSize: true, printBackground: true }));
  await context.close();
  return said;
}

(async () => {
  const { browser: executablePath, jobs } = JSON.parse(readFileSync(0, 'utf8'));
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const answers = [];
  for (const job of jobs) answers.push(await visited(browser, job));
  await browser.close();
  process.stdout.write(JSON.stringify(answers));
})();
