module example.org/restart

go 1.22
