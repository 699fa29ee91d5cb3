-- How a user wants pages to look; what their system says where nothing is chosen.
ALTER TABLE identity.user_account ADD COLUMN theme text
    CONSTRAINT user_theme CHECK (theme IN ('light', 'dark', 'system'));
