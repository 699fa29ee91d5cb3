import { chooseFile, mapColumn } from "./support/pages";
import { expect, expectAccessible, test } from "./support/test";

function csv(name: string, text: string | Buffer) {
  return { name, mimeType: "text/csv", buffer: typeof text === "string" ? Buffer.from(text) : text };
}

test("a file is mapped, checked, imported and undone", async ({ page, open, api }) => {
  await api.create("companies", { name: "Old & Sons", domain: "old.example", industry: "retail" });
  await open("/import");
  await expectAccessible(page);
  await chooseFile(page, csv("accounts.csv", "Company Name;Web;Sector;Size\nOld & Sons;old.example;software;12\nNew Ltd;new.example;energy;nine\nWörld GmbH;world.example;media;7\n"));
  await expect(page.getByLabel("What is in it?")).toHaveValue("Companies");
  // Something else first: the file is still there when one comes back for another object.
  await page.getByLabel("What is in it?").fill("Products");
  await page.getByRole("option", { name: "Products" }).click();
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("button", { name: "Not these?" }).click();
  await page.getByLabel("What is in it?").fill("Companies");
  await page.getByRole("option", { name: "Companies" }).click();
  await page.getByRole("button", { name: "Go on" }).click();
  await mapColumn(page, "Company Name", "Name");
  await mapColumn(page, "Web", "Domain");
  await mapColumn(page, "Sector", "Industry");
  await mapColumn(page, "Size", "Employees");
  await page.getByRole("button", { name: "Update or create" }).click();
  await page.getByRole("combobox", { name: "Found by" }).click();
  await page.getByRole("option", { name: "Domain" }).click();
  await page.getByRole("button", { name: "Options of Size" }).click();
  await page.getByRole("textbox", { name: "Value in the file" }).fill("nine");
  await page.keyboard.press("Enter");
  await expectAccessible(page);
  await page.getByRole("combobox", { name: "If a value isn't accepted" }).click();
  await page.getByRole("option", { name: "Reject the row" }).click();
  await page.getByRole("button", { name: "Check the import" }).click();
  await expect(page.getByRole("heading", { name: "This is what would happen" })).toBeVisible();
  expect(await api.list("companies")).toHaveLength(1);
  await page.getByRole("tab", { name: /Changed/ }).click();
  await expect(page.getByRole("tabpanel", { name: "Changed" })).toContainText("Old & Sons");
  await page.getByRole("tab", { name: /Rejected/ }).click();
  await expect(page.getByRole("tabpanel", { name: "Rejected" })).toContainText("nine");
  await expectAccessible(page);
  // Back to the columns: what was said there is still said.
  await page.getByRole("button", { name: "Change the columns" }).click();
  await page.getByRole("button", { name: "Options of Size" }).click();
  await page.getByRole("textbox", { name: "Means: nine" }).fill("9");
  await page.getByRole("button", { name: "Check the import" }).click();
  await page.getByRole("button", { name: "Import 3 rows" }).click();
  await expect(page.getByRole("heading", { name: "accounts.csv is imported" })).toBeVisible();
  await expectAccessible(page);
  const made = await api.list("companies");
  expect(made.map(({ name }) => name).toSorted()).toEqual(["New Ltd", "Old & Sons", "Wörld GmbH"]);
  expect(made.find(({ name }) => name === "New Ltd")?.employees).toBe(9);
  // A reload finds the same.
  await page.reload();
  await page.getByRole("button", { name: "Undo this import" }).click();
  await page.getByRole("button", { name: "Undo the import" }).click();
  await expect(page.getByRole("heading", { name: "The import was undone" })).toBeVisible();
  const left = await api.list("companies");
  expect(left).toHaveLength(1);
  expect(left[0]?.industry).toBe("retail");
  await page.goto("/import");
  await expect(page.getByRole("link", { name: "accounts.csv" })).toBeVisible();
  await expect(page.getByText("Undone")).toBeVisible();
});

test("a file that was read wrongly is read again as one says", async ({ page, open }) => {
  await open("/import?object=people");
  // Latin letters of Windows, and a mark between cells that is found in the texts, too.
  await chooseFile(page, csv("list.csv", Buffer.from("Vorname|Nachname, Titel|E-Mail\nJ\u00fcrgen|M\u00fcller, Dr.|j@example.org\n", "latin1")));
  await page.getByRole("button", { name: "Go on" }).click();
  const format = page.getByRole("button", { name: /How the file is written/ });
  if ((await format.getAttribute("aria-expanded")) === "false") await format.click();
  const delimiter = page.getByRole("combobox", { name: "Cells are separated by" });
  await delimiter.click();
  await page.getByRole("option", { name: "Semicolon ;" }).click();
  await page.getByRole("button", { name: "Read the file again" }).click();
  await expect(page.getByText("Vorname|Nachname, Titel|E-Mail").first()).toBeVisible();
  await delimiter.click();
  await page.getByRole("option", { name: "Pipe |" }).click();
  await page.getByRole("button", { name: "Read the file again" }).click();
  await expect(page.getByRole("combobox", { name: "Becomes: Vorname" })).toHaveValue("First name");
  await expect(page.getByText("Jürgen")).toBeVisible();
});

test("empty and broken files are refused in words, and another one may be chosen", async ({ page, open }) => {
  await open("/import?object=people");
  await chooseFile(page, csv("empty.csv", ""));
  await expect(page.getByRole("alert")).toContainText("empty");
  await chooseFile(page, { name: "broken.xlsx", mimeType: "application/octet-stream", buffer: Buffer.from("PK\u0003\u0004broken") });
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("alert")).toContainText("damaged");
  await chooseFile(page, csv("header.csv", "First name,Last name\n"));
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByText("The file has no rows below its header.")).toBeVisible();
});

test("sixty columns can be searched, and the page works on a phone", async ({ page, open }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open("/import?object=people");
  const names = Array.from({ length: 60 }, (_, place) => `Column ${place + 1}`);
  await chooseFile(page, csv("wide.csv", `First name,Last name,${names.join(",")}\nAda,Lovelace,${names.map(() => "x").join(",")}\n`));
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("textbox", { name: "Find a column" }).fill("Column 42");
  await expect(page.getByRole("combobox", { name: /^Becomes/ })).toHaveCount(1);
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
