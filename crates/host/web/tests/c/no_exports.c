int not_an_extension;
