// Starts `skipgate lsp`, and shows pictures beside the text.
"use strict";

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;
let pictures = []; // of the runs so far, the latest first
let panel;

function start() {
  const settings = vscode.workspace.getConfiguration("skipgate");
  const roots = settings.get("roots").flatMap((folder) => ["--root", folder]);
  const server = { command: settings.get("command"), args: ["lsp", ...roots] };
  const options = {
    documentSelector: [{ language: "gate" }],
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.gate") },
    middleware: {
      window: {
        // The server asks for a picture to be shown when a run has ended, or when a lens is clicked.
        showDocument: async (params, next) => {
          const uri = vscode.Uri.parse(params.uri);
          if (!uri.path.endsWith(".svg")) return next(params);
          pictures = [uri, ...pictures.filter((each) => each.fsPath !== uri.fsPath)].slice(0, 20);
          await show(uri);
          return { success: true };
        },
      },
    },
  };
  client = new LanguageClient("skipgate", "skipgate", server, options);
  return client.start().catch((error) => {
    vscode.window.showErrorMessage(
      `skipgate does not start: ${error.message}. It is installed by: pip install 'skipgate[editor]'`,
    );
  });
}

// A picture is text that a model has a say in: it is shown without scripts, and loads nothing.
async function show(uri) {
  const bytes = await vscode.workspace.fs.readFile(uri);
  if (panel === undefined) {
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    panel = vscode.window.createWebviewPanel("skipgate.picture", "skipgate", place, { enableScripts: false });
    panel.onDidDispose(() => (panel = undefined));
  }
  const image = Buffer.from(bytes).toString("base64");
  panel.title = uri.path.split("/").pop();
  panel.webview.html = `<!DOCTYPE html><html><head><meta http-equiv="Content-Security-Policy"
    content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"></head>
    <body style="background: white"><img alt="a violation" src="data:image/svg+xml;base64,${image}"></body></html>`;
  panel.reveal(undefined, true);
}

async function choose() {
  if (pictures.length === 0) {
    vscode.window.showInformationMessage("No check that was run here has a violation; run one from the lens above it.");
    return;
  }
  const items = pictures.map((uri) => ({ label: uri.path.split("/").pop(), uri }));
  const chosen = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items);
  if (chosen !== undefined) await show(chosen.uri);
}

exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand("skipgate.openPicture", choose),
    vscode.commands.registerCommand("skipgate.restart", async () => {
      if (client !== undefined) await client.stop().catch(() => undefined);
      await start();
    }),
  );
  await start();
};

exports.deactivate = () => client?.stop();
