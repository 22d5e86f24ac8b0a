// Lighthouse's scores of pages: each line of the input names one, each line of the output judges it.
import readline from "node:readline";
import * as launcher from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const categories = ["performance", "accessibility", "best-practices"];
const chrome = await launcher.launch({
    chromePath: process.env.CHROMIUM,
    chromeFlags: ["--headless", "--no-sandbox", "--disable-dev-shm-usage"],
    logLevel: "silent",
});
for await (const line of readline.createInterface({ input: process.stdin })) {
    const { url, cookie, form } = JSON.parse(line);
    const flags = {
        port: chrome.port,
        logLevel: "silent",
        onlyCategories: categories,
        extraHeaders: cookie ? { Cookie: cookie } : {},
    };
    const { lhr } = await lighthouse(url, flags, form === "desktop" ? desktopConfig : undefined);
    const scores = categories.map((name) => lhr.categories[name].score);
    const refs = categories.slice(1).flatMap((name) => lhr.categories[name].auditRefs);
    const missed = refs
        .filter((ref) => ref.weight && lhr.audits[ref.id].score !== null && lhr.audits[ref.id].score < 1)
        .map((ref) => ref.id);
    console.log(JSON.stringify({ scores, missed, error: lhr.runtimeError?.message ?? "" }));
}
chrome.kill();
