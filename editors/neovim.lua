-- Neovim: put this into init.lua, or `:luafile` it.
vim.filetype.add({ extension = { gate = "gate" } })

vim.api.nvim_create_autocmd("FileType", {
  pattern = "gate",
  callback = function(event)
    vim.bo[event.buf].commentstring = "# %s"
    local git = vim.fs.find(".git", { upward = true, path = vim.fs.dirname(event.file) })[1]
    vim.lsp.start({
      name = "skipgate",
      cmd = { "skipgate", "lsp" },
      root_dir = git and vim.fs.dirname(git) or vim.fn.getcwd(),
    })
  end,
})
