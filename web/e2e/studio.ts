// A real server on a workspace of its own, and a real browser before it.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright";
import { CHROMIUM, FLAGS } from "../scripts/chromium.mjs";

const ROOT = path.resolve(import.meta.dirname, "../..");
const BIN = process.env.TOKENLOOM_BIN ?? path.join(ROOT, ".venv/bin");
const START_MS = 90_000;

const PORTS = { first: 20_000, count: 10_000 };

/** One that nothing listens at, below those that the system gives to connections. */
async function freePort(): Promise<string> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = createServer().once("error", () => resolve(false));
      probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
    });
    if (isFree) return String(port);
  }
}

export class Studio {
  readonly workspace = mkdtempSync(path.join(tmpdir(), "tokenloom-e2e-"));
  /** Address with the token, as the server printed it. */
  entrance = "";
  private server: ChildProcess | null = null;
  private port = "";

  async start(): Promise<void> {
    // Not "auto": its ports are the first that any other studio on this machine takes while this one is down.
    this.port ||= await freePort();
    const options = ["--workspace", this.workspace, "studio", "--no-browser", "--port", this.port];
    const server = spawn(path.join(BIN, "tokenloom"), options, { stdio: ["ignore", "pipe", "inherit"] });
    this.server = server;
    this.entrance = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the server did not start in time")), START_MS);
      let text = "";
      server.stdout.on("data", (piece) => {
        text += piece;
        const url = /http:\S+/.exec(text)?.[0];
        if (!url) return;
        clearTimeout(timer);
        resolve(url);
      });
      server.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
    });
  }

  get address(): string {
    return new URL(this.entrance).origin;
  }

  /** End the server at once, as a crash would. Runs go on. */
  async kill(): Promise<void> {
    const server = this.server;
    if (!server || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGKILL");
    await ended;
  }

  /** The command line on the same workspace; its one JSON document. */
  tokenloom(...words: string[]): unknown {
    const out = execFileSync(
      path.join(BIN, "tokenloom"),
      ["--workspace", this.workspace, "--json", ...words],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    return JSON.parse(out);
  }

  /** Stop what still runs. */
  rest(): void {
    for (const run of this.runs()) {
      if (!["completed", "failed", "stopped"].includes(run.state)) {
        try {
          this.tokenloom("runs", "stop", run.id, "--now");
        } catch {
          // it ended by itself just now
        }
      }
    }
  }

  async end(): Promise<void> {
    this.rest();
    await this.kill();
    rmSync(this.workspace, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }

  runs(): { id: string; name: string; state: string; task: string }[] {
    const answer = this.tokenloom("runs", "list") as { items?: unknown[] } | unknown[];
    return (Array.isArray(answer) ? answer : (answer.items ?? [])) as never;
  }
}

export interface Visitor {
  browser: Browser;
  context: BrowserContext;
  page: Page;
  /** What went wrong in the page: errors, refused resources, requests to other machines. */
  complaints: string[];
}

export interface VisitorOptions {
  width?: number;
  height?: number;
  theme?: "light" | "dark";
  hasTouch?: boolean;
}

/** A browser that came in through the printed address. Requests to anywhere but this machine are complaints. */
export async function visit(studio: Studio, options: VisitorOptions = {}): Promise<Visitor> {
  const { width = 1280, height = 900, theme = "light", hasTouch = false } = options;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: "reduce",
    hasTouch,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const complaints: string[] = [];
  const page = await open(context, complaints);
  await page.goto(studio.entrance);
  return { browser, context, page, complaints };
}

export async function open(context: BrowserContext, complaints: string[]): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    // A server that is down for a moment is part of some tests.
    if (
      message.type() === "error" &&
      !/ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|Failed to load resource/.test(text)
    ) {
      complaints.push(`console: ${text}`);
    }
  });
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (/^(https?|wss?):/.test(protocol) && !["127.0.0.1", "localhost", "[::1]"].includes(hostname)) {
      complaints.push(`leaves the machine: ${request.url()}`);
    }
  });
  return page;
}
