# SPDX-License-Identifier: BSD-2-Clause
"""Headless Chromium by its own protocol over two pipes: no driver, no network port."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import threading

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="erprobe-chromium.")
        to_child, self.writer = os.pipe()
        self.reader, from_child = os.pipe()

        def give():
            # dup2 onto itself would leave close-on-exec set
            high = [os.dup(fd) if fd < 5 else fd for fd in (to_child, from_child)]
            high = [os.dup(fd) for fd in high]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)
        self.process = subprocess.Popen(
            [PROGRAM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
             f"--user-data-dir={self.profile}", "about:blank"],
            preexec_fn=give, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
            env={**os.environ, "HOME": self.profile, "TZ": "UTC"})
        os.close(to_child)
        os.close(from_child)
        self.next, self.answers, self.events, self.session = 1, {}, [], None
        self.arrived = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.ask(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for fd in (self.writer, self.reader):
            os.close(fd)
        shutil.rmtree(self.profile, ignore_errors=True)

    def read(self):
        got = b""
        while True:
            try:
                piece = os.read(self.reader, 1 << 20)
            except OSError:
                piece = b""
            with self.arrived:
                if not piece:
                    self.answers[None] = True
                    self.arrived.notify_all()
                    return
                got += piece
                while b"\0" in got:
                    text, _, got = got.partition(b"\0")
                    message = json.loads(text)
                    if "id" in message:
                        self.answers[message["id"]] = message
                    else:
                        self.events.append(message)
                self.arrived.notify_all()

    def ask(self, method, **params):
        number, self.next = self.next, self.next + 1
        message = {"id": number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writer, json.dumps(message).encode() + b"\0")
        with self.arrived:
            if not self.arrived.wait_for(lambda: number in self.answers or None in self.answers, 60) or number not in self.answers:
                raise RuntimeError(f"chromium does not answer {method}")
            answer = self.answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def seen(self, method):
        """Events of this kind so far."""
        with self.arrived:
            return [e["params"] for e in self.events if e["method"] == method]

    def run(self, script):
        """The value of an expression in the page; a promise is waited for."""
        got = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in got:
            raise RuntimeError(f"{script}: {got['exceptionDetails']}")
        return got["result"].get("value")

    def open(self, url, width=1280, height=900, dark=False, script=True):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.ask("Emulation.setScriptExecutionDisabled", value=not script)
        before = len(self.seen("Page.loadEventFired"))
        self.ask("Page.navigate", url=url)
        with self.arrived:
            self.arrived.wait_for(lambda: len([e for e in self.events if e["method"] == "Page.loadEventFired"]) > before, 30)

    def look(self, width, scheme="light", media="screen"):
        """A window so wide, a reader of this taste, without loading anew."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def pdf(self, width_in, height_in):
        """The page on paper of this size, in inches."""
        got = self.ask("Page.printToPDF", paperWidth=width_in, paperHeight=height_in, printBackground=False, preferCSSPageSize=False)
        return base64.b64decode(got["data"])

    def key(self, name, code, text=None):
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code, **more)

    def picture(self, path):
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        got = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True,
                       clip={"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1})
        with open(path, "wb") as f:
            f.write(base64.b64decode(got["data"]))
